import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { Job } from '../../src/index.js';
import type { MapProgress } from '../../src/runs/options.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();
const clientOf = ({ url }: Devnet, options: ClientOptions = {}) =>
  new Bacalhau({ baseUrl: url, dir, env: {}, logLevel: 'off', ...options });

/** The server's own default settings, whatever a devnet's are. */
const SERVER_DEFAULTS = {
  server: 'pinned',
  orchestratorConfig: { Orchestrator: { Scheduler: { QueueBackoff: '1m' } } },
  computeConfig: { Compute: { Heartbeat: { Interval: '15s' } } },
};
const inputs = Array.from({ length: 60 }, (_, index) => index);

/** A job that says nothing of its resources and timeouts, each another one. */
async function plainJob(item: unknown, change: Partial<Job> = {}): Promise<Job> {
  const { Tasks, Name: _, ...job } = await printingJob('done', { Meta: { item: `${item}` }, ...change });
  return { ...job, Tasks: Tasks.map(({ Resources: __, Timeouts: ___, ...task }) => task) };
}

test('with the defaults of the server no job is refused, and of two fan-outs each has a third of the first completions', async () => {
  await using devnet = await startDevnet(SERVER_DEFAULTS);
  await using bacalhau = clientOf(devnet);
  const seen: MapProgress[] = [];
  const items = await collect(
    bacalhau.jobs.map(inputs, (item) => plainJob(item), {
      output: 'beginning',
      onProgress: (progress) => void seen.push(progress),
    }),
  );
  expect(items.map(({ status }) => status)).toEqual(inputs.map(() => 'fulfilled'));
  expect(seen.at(-1)).toMatchObject({ queued: 0, running: 0, done: inputs.length, failed: 0 });
  for (const { queued, running, window } of seen) {
    expect(queued).toBe(0);
    expect(running).toBeLessThanOrEqual(window);
  }

  const done: string[] = [];
  const runs = ['a', 'b'].map(async (who) => {
    const source = Array.from({ length: 100 }, (_, index) => `${who}${index}`);
    for await (const { status } of bacalhau.jobs.map(source, (item) => plainJob(item), { output: 'beginning' })) {
      expect(status).toBe('fulfilled');
      if (done.push(who) >= 100) break;
    }
  });
  await Promise.all(runs);
  for (const who of ['a', 'b']) {
    expect(done.slice(0, 100).filter((one) => one === who).length).toBeGreaterThanOrEqual(33);
  }
}, 120_000);

test.each([5, 20])(
  'no job fails at a concurrency of %d',
  async (concurrency) => {
    const Scheduler = { QueueBackoff: '2s' };
    await using devnet = await startDevnet({ ...SERVER_DEFAULTS, orchestratorConfig: { Orchestrator: { Scheduler } } });
    await using bacalhau = clientOf(devnet);
    const options = { concurrency, output: 'beginning' } as const;
    const items = await collect(bacalhau.jobs.map(inputs, (item) => plainJob(item), options));
    expect(items.map(({ status }) => status)).toEqual(inputs.map(() => 'fulfilled'));
  },
  120_000,
);

test('a job that no node can run fails with what is missing, and does not delay others', async () => {
  await using devnet = await startDevnet(SERVER_DEFAULTS);
  await using bacalhau = clientOf(devnet);
  const Constraints = [{ Key: 'nowhere', Operator: '=', Values: ['true'] }];
  const toSpec = (input: string) => plainJob(input, input === 'impossible' ? { Constraints } : {});
  const failure = {
    name: 'JobFailedError',
    message: expect.stringMatching(/nowhere = true[\s\S]*No connected node can run it/),
  };
  const items = await collect(
    bacalhau.jobs.map(['impossible', 'one', 'two'], toSpec, { queueTimeoutMs: 3_000, output: 'beginning' }),
  );
  expect(items.map(({ input }) => input).at(-1)).toBe('impossible');
  expect(items.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(items.at(-1)).toMatchObject({ error: failure });
  await expect(bacalhau.jobs.run(await toSpec('impossible'))).rejects.toMatchObject(failure);
}, 60_000);
