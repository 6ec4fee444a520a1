// `npm run bench [-- --quick] [NAME…]`: builds what is measured, and measures it. benchmarks/README.md says more.
import { install, main, runTool } from './lib/workspace.mjs';

await main(async () => {
  await install();
  await runTool('turbo', ['run', 'build', '--output-logs=errors-only']);
  try {
    await runTool('node', ['benchmarks/main.ts', ...process.argv.slice(2)]);
  } finally {
    await runTool('biome', ['format', '--write', 'docs/benchmarks.md', 'benchmarks/results.json']);
  }
});
