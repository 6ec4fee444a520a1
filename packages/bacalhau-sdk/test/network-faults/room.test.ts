import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { Job } from '../../src/index.js';
import type { MapProgress } from '../../src/runs/options.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { printingJob, sleepingJob } from '../support/wasm-jobs.js';
import { until } from '../support/within.js';

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

/** A job that says nothing of its resources and timeouts. */
const bare = ({ Tasks, Name: _, ...job }: Job): Job => ({
  ...job,
  Tasks: Tasks.map(({ Resources: __, Timeouts: ___, ...task }) => task),
});

/** Such a job, each another one. */
const plainJob = async (item: unknown, change: Partial<Job> = {}): Promise<Job> =>
  bare(await printingJob('done', { Meta: { item: `${item}` }, ...change }));

/** A network that notices soon when a node leaves, with room for two plain jobs on each node. */
const WATCHFUL = {
  server: 'pinned',
  orchestratorConfig: { Orchestrator: { NodeManager: { DisconnectTimeout: '3s' } } },
  computeConfig: { Compute: { AllocatedCapacity: { CPU: '1', Memory: '4GB', Disk: '1GB' } } },
};

/** Kills a node, and resolves when the orchestrator has noticed. */
async function lose(name: string, devnet: Devnet, bacalhau: Bacalhau): Promise<void> {
  const node = devnet.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`There is no node ${name}.`);
  process.kill(node.pid, 'SIGKILL');
  const status = async () => (await bacalhau.nodes.get(node.id)).ConnectionState?.Status;
  while ((await status()) !== 'DISCONNECTED') await new Promise((resolve) => setTimeout(resolve, 100));
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

test('a node that joins while long jobs run gets jobs at once', async () => {
  await using devnet = await startDevnet({ ...WATCHFUL, computeNodes: 2 });
  await using bacalhau = clientOf(devnet);
  await lose('compute-2', devnet, bacalhau);
  const seen: MapProgress[] = [];
  let joined: Promise<void> | undefined;
  const end = new AbortController();
  const onProgress = (progress: MapProgress): void => {
    const { running, window } = progress;
    seen.push(progress);
    if (running === 2 && window === 2) joined ??= devnet.restart('compute-2');
    if (running === 4) end.abort();
  };
  const toSpec = async (item: number) => bare(await sleepingJob(60, { Meta: { item: `${item}` } }));
  const options = { onProgress, signal: end.signal, output: 'beginning' } as const;
  const loop = collect(bacalhau.jobs.map(inputs, toSpec, options));
  await expect(loop).rejects.toMatchObject({ name: 'RequestAbortedError', message: /4 jobs were stopped/ });
  await joined;
  expect(Math.max(...seen.map(({ running }) => running))).toBe(4);
  expect(seen.filter(({ queued }) => queued > 0)).toEqual([]);
}, 60_000);

test('jobs wait for the only node that can run them, and run when it joins', async () => {
  await using devnet = await startDevnet(WATCHFUL);
  await using bacalhau = clientOf(devnet);
  await lose('compute-1', devnet, bacalhau);
  const seen: MapProgress[] = [];
  const options = { onProgress: (progress: MapProgress) => void seen.push(progress), output: 'beginning' } as const;
  const loop = collect(bacalhau.jobs.map(inputs.slice(0, 5), (item) => plainJob(item), options));
  await until(() => seen.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await collect(bacalhau.jobs.list())).toEqual([]);
  await devnet.restart('compute-1');
  expect((await loop).map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'));
  expect(seen.filter(({ queued }) => queued > 0)).toEqual([]);
}, 60_000);

test('where nodes cannot be listed, a fan-out says so once and finds its window by trial', async () => {
  const worker = { Alias: 'worker', APIKey: 'worker-key-0123456789abcdef' };
  const Users = [
    { Alias: 'admin', APIKey: 'admin-key-0123456789abcdef', Capabilities: [{ Actions: ['*'] }] },
    { ...worker, Capabilities: [{ Actions: ['read:job', 'write:job'] }] },
  ];
  const Scheduler = { QueueBackoff: '2s' };
  const orchestratorConfig = { API: { Auth: { Users } }, Orchestrator: { Scheduler } };
  await using devnet = await startDevnet({ ...SERVER_DEFAULTS, orchestratorConfig });
  const warnings: string[] = [];
  const ignore = (): void => {};
  await using bacalhau = clientOf(devnet, {
    auth: { apiKey: worker.APIKey },
    logLevel: 'warn',
    logger: { debug: ignore, info: ignore, error: ignore, warn: (line: string) => void warnings.push(line) },
  });
  const seen: MapProgress[] = [];
  const options = { onProgress: (progress: MapProgress) => void seen.push(progress), output: 'beginning' } as const;
  const items = await collect(bacalhau.jobs.map(inputs, (item) => plainJob(item), options));
  expect(items.map(({ status }) => status)).toEqual(inputs.map(() => 'fulfilled'));
  expect(warnings).toEqual([
    expect.stringContaining('jobs.map finds by trial how many jobs the network takes at once'),
  ]);
  for (const { running, window } of seen) expect(running).toBeLessThanOrEqual(Math.max(3, window));
  expect(Math.max(...seen.map(({ window }) => window))).toBeGreaterThan(3);
}, 120_000);
