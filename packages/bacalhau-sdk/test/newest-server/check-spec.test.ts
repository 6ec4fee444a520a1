import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { ended, networkClient, networkUrl } from '../support/network.js';
import { printingJob } from '../support/wasm-jobs.js';

const bacalhau = networkClient();

test('check-spec finds nothing new on a real server', async () => {
  const job = await bacalhau.jobs.submit(await printingJob('for check-spec'));
  await ended(bacalhau, job.id);
  const script = resolve(__dirname, '../../../../openapi/scripts/check-spec.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', networkUrl()]);
  const { compared, new: differences } = JSON.parse(stdout);
  expect(differences).toEqual([]);
  // Every list and agent endpoint once, every endpoint of a job for this job and for one that is not there.
  expect(compared).toMatch(/\(Bacalhau v1\.9\.3\), \d+ answers$/);
  expect(Number(/(\d+) answers/.exec(compared)?.[1])).toBeGreaterThan(20);
}, 60_000);
