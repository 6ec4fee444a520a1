// `npm run unit [-- [--watch] FILE…]`: the tests that need nothing but Node. Arguments are jest's.
import { main, runTool } from './lib/workspace.mjs';

await main(() => runTool('jest', [...process.argv.slice(2), '--selectProjects', 'unit']));
