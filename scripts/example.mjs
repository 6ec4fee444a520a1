// `npm run example NAME`: runs a program of examples/ on the server that BACALHAU_API_HOST names, else on a network of its own.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { install, main, root, runTool } from './lib/workspace.mjs';

await main(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const folder = join(root, 'examples');
  const names = readdirSync(folder).filter((candidate) => existsSync(join(folder, candidate, 'main.ts')));
  if (!names.includes(name)) throw new Error(`Usage: npm run example NAME, where NAME is one of ${names.join(', ')}.`);
  await install();
  await runTool('turbo', ['run', 'build', '--output-logs=errors-only']);
  const program = [join(folder, name, 'main.ts'), ...args];
  if (process.env.BACALHAU_API_HOST) await runTool('node', program);
  else await runTool('node', ['packages/bacalhau-devnet/dist/cli.mjs', '--', 'node', ...program]);
});
