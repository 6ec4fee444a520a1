// `npm run try-server -- BINARY | http://HOST:PORT`: what of the SDK holds on a server that no test names, in a few minutes.
// On the server of an address nothing is changed but jobs that this submits itself, and they are stopped.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { startDevnet } from 'bacalhau-devnet';
import { CURRENT, columnOf } from '../../packages/bacalhau-sdk/test/support/capabilities.ts';
import { clearResults, type Found, readResults, root } from './results.ts';
import { isShown } from './table.ts';

const [subject, ...others] = process.argv.slice(2);
if (subject === undefined || others.length > 0) {
  console.error('usage: npm run try-server -- BINARY | http://HOST:PORT');
  process.exit(2);
}
const isAddress = /^https?:\/\//.test(subject);
// npm runs this in the workspace's folder, and sets INIT_CWD to the folder of the user.
const server = isAddress ? subject.replace(/\/+$/, '') : resolve(process.env['INIT_CWD'] ?? '.', subject);

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): boolean =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;

console.log('== What its responses have that openapi/bacalhau.yaml lacks');
const isDescribed = await checkSpec();
console.log('\n== The tests, with every response held against openapi/bacalhau.yaml');
clearResults();
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'candidate', '--', 'bacalhau-sdk/test/e2e'];
const hasPassed = run(jest, { BACALHAU_TEST_SERVER: server });
const { candidate } = readResults();
if (candidate === undefined) throw new Error('No test ran.');
report(candidate);
if (!isDescribed || !hasPassed) process.exitCode = 1;

async function checkSpec(): Promise<boolean> {
  if (isAddress) return run(['openapi/scripts/check-spec.ts', server]);
  await using devnet = await startDevnet({ server });
  return run(['openapi/scripts/check-spec.ts', devnet.url]);
}

function report(found: Found): void {
  const column = columnOf(found.version ?? '');
  console.log(`\n== What holds, in comparison with ${column}`);
  for (const [name, { task, values }] of Object.entries(CURRENT.rows)) {
    const value = values[CURRENT.servers.indexOf(column)] ?? '';
    const tests = found.tests.filter(({ title }) => title.includes(`[${name}`));
    const was = tests.some(({ status }) => status === 'passed' || status === 'failed');
    const mark = isShown(found, name, value) ? 'yes' : was ? 'NO ' : '?  ';
    console.log(`${mark}  ${task}: ${value}`);
  }
  const failed = found.tests.filter(({ status }) => status === 'failed');
  console.log(`\n${found.passed} tests passed, ${failed.length} failed, ${found.skipped} were left out here.`);
  for (const { title } of failed) console.log(`  failed: ${title}`);
}
