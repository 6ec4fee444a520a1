import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputs } from '../../src/builders/inputs.js';
import { wasm } from '../../src/builders/wasm.js';
import { catModule } from '../support/cat-module.js';
import { networkClient } from '../support/network.js';
import { writeFiles } from '../support/write-files.js';

const { jobs } = networkClient();
const small = { resources: { cpu: '10m', memory: '32MB' }, timeouts: { queueSeconds: 60 } };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'serve-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('a file that this process serves reaches the job, and nobody asks for it again once it has ended', async () => {
  await writeFiles(home, { 'in.txt': 'served\n' });
  const job = await jobs.submit(
    wasm({
      ...{ ...small, parameters: ['in/a name.txt'] },
      module: await catModule(),
      inputs: [inputs.files(join(home, 'in.txt'), { target: '/in/a name.txt', via: { serve: { host: '127.0.0.1' } } })],
    }),
  );
  const { stdout, job: ended } = await job.result();
  expect(stdout).toBe('served\n');
  const url = String(
    ended.Tasks[0]?.InputSources?.find(({ Source }) => Source.Type === 'urlDownload')?.Source.Params?.['URL'],
  );
  expect(new URL(url).pathname).toMatch(/^\/[0-9a-f]{64}\/a%20name\.txt$/);
  await eventually(() => expect(fetch(url)).rejects.toThrow('fetch failed'));
});

test('an address that the nodes do not reach makes the job fail, saying which input and that their network counts', async () => {
  await writeFiles(home, { 'in.txt': 'served\n' });
  // Nothing listens at the address that the nodes are told.
  const serve = { host: '::1', bindAddress: '127.0.0.1' };
  const job = await jobs.submit(
    wasm({
      ...{ ...small, timeouts: {}, parameters: ['in/a'] },
      module: await catModule(),
      inputs: [inputs.files(join(home, 'in.txt'), { target: '/in/a', via: { serve } })],
    }),
  );
  const explained =
    /\nNode n-[0-9a-f-]+ could not read the input "\/in\/a" \(http:\/\/\[::1\]:\d+\/[0-9a-f]{64}\/a\)\. It reads from its own network /;
  await expect(job.result()).rejects.toMatchObject({
    name: 'JobFailedError',
    message: expect.stringMatching(/dial tcp \[::1\]:\d+: connect: /),
  });
  await expect(job.result()).rejects.toThrow(explained);
  const { executions } = await job.describe();
  expect(executions[0]?.reason).toMatch(explained);
});

/** Repeats what fails, for 20 seconds. */
async function eventually(work: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
