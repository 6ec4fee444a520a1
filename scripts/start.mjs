// `npm start`: from a fresh clone to the output of a job that ran.
import { install, main, runTool } from './lib/workspace.mjs';

await main(async () => {
  await install();
  await runTool('turbo', ['run', 'build', '--output-logs=errors-only']);
  await runTool('node', ['scripts/quickstart/main.ts']);
});
