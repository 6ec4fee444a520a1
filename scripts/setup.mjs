// Installs and builds everything: `npm run setup`.
import { install, main, runTool } from './lib/workspace.mjs';

await main(async () => {
  await install();
  await runTool('turbo', ['run', 'build', '--output-logs=errors-only']);
});
