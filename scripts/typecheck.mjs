// `npm run typecheck [-- PROJECT…]`: checks the types of the whole workspace, sources against sources, so nothing has to be
// built before. The native compiler does it; building, documentation and the API report are still TypeScript 6's.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './lib/workspace.mjs';

const PROJECTS = [
  'openapi',
  'packages/bacalhau-apiclient',
  'packages/bacalhau-devnet',
  'packages/bacalhau-sdk',
  'packages/bacalhau-opentelemetry',
  'examples',
  'examples/web',
  'scripts',
  'benchmarks',
  'docs',
];

const tsc = join(createRequire(import.meta.url).resolve('typescript7/package.json'), '..', 'bin', 'tsc');
const chosen = process.argv.slice(2);
for (const project of chosen.length > 0 ? chosen : PROJECTS) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' });
  // All of them, so that one run shows every error.
  if (status !== 0) process.exitCode = 1;
}
