// Runs one of the workspace's tools as pnpm would, whichever Node and pnpm the machine has: `node scripts/tool.mjs turbo run build`.
import { main, runTool } from './lib/workspace.mjs';

const [command, ...args] = process.argv.slice(2);
await main(() => runTool(command, args));
