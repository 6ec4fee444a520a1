// `npm run unit [-- [--watch] FILE…]`: the tests that need nothing but Node. Arguments are jest's.
import { main, runTool } from './lib/workspace.mjs';

// They wait for nothing, so that every core is of use.
await main(() => runTool('jest', ['--maxWorkers=100%', ...process.argv.slice(2), '--selectProjects', 'unit']));
