import { Bacalhau, type JobHandle } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, freshName, networkClient, networkUrl } from '../support/network.js';
import { testWith } from '../support/requirements.js';
import { type CallKind, swapProxy } from '../support/swap-proxy.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();
const direct = networkClient();

/** Two jobs that have ended and printed one word each. */
const words = ['one', 'other'] as const;
let ended: readonly JobHandle[];
beforeAll(async () => {
  ended = await Promise.all(
    words.map(async (word) => direct.jobs.submit(await printingJob(word, { Labels: { word: freshName(word) } }))),
  );
  await Promise.all(ended.map((handle) => handle.wait()));
}, 60_000);

const clientOf = (baseUrl: string): Bacalhau =>
  new Bacalhau({ baseUrl, namespace: 'default', dir, env: {}, logLevel: 'off' });

/** Each call, with the id of the job that its response is about. */
const READS: Readonly<Record<string, readonly [CallKind, (bacalhau: Bacalhau, id: string) => Promise<string>]>> = {
  get: ['get', async ({ jobs }, id) => (await jobs.get(id)).Job.ID ?? ''],
  'handle.refresh': ['get', async ({ jobs }, id) => (await jobs.handle(id).refresh()).ID ?? ''],
  'handle.wait': ['get', async ({ jobs }, id) => (await jobs.handle(id).wait()).ID ?? ''],
  executions: ['executions', async ({ jobs }, id) => (await jobs.executions(id)).items[0]?.JobID ?? ''],
  history: ['history', async ({ jobs }, id) => (await jobs.history(id)).items[0]?.JobID ?? ''],
  'history, followed': [
    'history',
    async ({ jobs }, id) => (await collect(jobs.history(id, { follow: true })))[0]?.JobID ?? '',
  ],
  versions: ['versions', async ({ jobs }, id) => (await jobs.versions(id)).items[0]?.ID ?? ''],
  'list, by label': [
    'list',
    async ({ jobs }, id) => {
      const word = (await direct.jobs.get(id)).Job.Labels?.['word'];
      return (await jobs.list({ labels: [`word=${word}`] })).items.map(({ ID }) => ID).join();
    },
  ],
};

test.each(Object.entries(READS))(
  '%s returns its own job, although responses are swapped',
  async (_name, [kind, read]) => {
    await using proxy = await swapProxy(networkUrl());
    await using bacalhau = clientOf(proxy.url);
    const ids = ended.map(({ id }) => id);
    const swapped = proxy.swapNext(kind);
    const got = await Promise.all(ids.map((id) => read(bacalhau, id)));
    await swapped;
    expect(got).toEqual(ids);
  },
);

test.each<[string, CallKind]>([
  ['executions', 'executions'],
  ['the job', 'get'],
  ['log streams', 'logs'],
])(
  'logs are those of their own job, although responses about %s are swapped',
  async (_name, kind) => {
    await using proxy = await swapProxy(networkUrl(), { heldMs: 5_000 });
    await using bacalhau = clientOf(proxy.url);
    proxy.swapNext(kind).catch(() => undefined);
    const got = await Promise.all(
      ended.map(async ({ id }) => (await collect(bacalhau.jobs.handle(id).logs())).map(({ text }) => text).join('')),
    );
    expect(got).toEqual(words);
  },
  60_000,
);

test('results are those of their own job, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const swapped = proxy.swapNext('results');
  const got = await Promise.all(
    ended.map(async ({ id }) => {
      for await (const file of bacalhau.jobs.handle(id).files()) if (file.path === 'stdout') return file.text();
      return undefined;
    }),
  );
  await swapped;
  expect(got).toEqual(words);
});

test('submissions get handles of their own jobs, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const swapped = proxy.swapNext('put');
  const names = words.map((word) => freshName(word));
  const handles = await Promise.all(
    names.map(async (Name, index) => bacalhau.jobs.submit(await printingJob(words[index] ?? '', { Name }))),
  );
  await swapped;
  // A handle checks that the job is its own before it first acts on it.
  const jobs = await Promise.all(handles.map((handle) => handle.wait()));
  expect(jobs.map(({ Name }) => Name)).toEqual(names);
  expect((await Promise.all(handles.map((handle) => direct.jobs.get(handle.id)))).map(({ Job }) => Job.Name)).toEqual(
    names,
  );
});

test('the handle of a submission stops its own job and no other', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const other = await direct.jobs.submit(await endlessJob());
  // The submission gets the response to somebody else's.
  await bacalhau.jobs.submit(await printingJob('first'));
  const stranger = proxy.exchanges.find(({ kind }) => kind === 'put');
  if (stranger === undefined) throw new Error('Nothing was submitted.');
  const body = Buffer.from(JSON.stringify({ ...JSON.parse(stranger.answer.body.toString()), JobID: other.id }));
  const given = proxy.answerNext('put', { ...stranger.answer, body });
  const own = await endlessJob();
  const handle = await bacalhau.jobs.submit(own);
  await given;
  await handle.stop();
  expect((await direct.jobs.get(own.Name ?? '')).Job.State?.StateType).toBe('Stopped');
  expect((await other.refresh()).State?.StateType).not.toBe('Stopped');
  await other.stop();
});

test('runs have the outcomes of their own jobs, although responses to submissions are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const swapped = proxy.swapNext('put');
  const results = await Promise.all(words.map(async (word) => bacalhau.jobs.run(await printingJob(word))));
  await swapped;
  expect(results.map(({ stdout }) => stdout)).toEqual(words);
});

test('a fan-out has the outcomes of its own jobs, although responses to submissions are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const swapped = proxy.swapNext('put');
  const items = await collect(bacalhau.jobs.map(words, (word) => printingJob(word)));
  await swapped;
  const printed = items.map((item) => [item.input, item.status === 'fulfilled' ? item.value.stdout : item.error]);
  expect(printed.sort()).toEqual(words.map((word) => [word, word]));
});

test('reruns return their own jobs or report an unknown outcome, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const handles = await Promise.all(words.map(async (word) => direct.jobs.submit(await printingJob(word))));
  await Promise.all(handles.map((handle) => handle.wait()));
  const swapped = proxy.swapNext('rerun');
  const outcomes = await Promise.allSettled(handles.map(({ id }) => bacalhau.jobs.rerun(id)));
  await swapped;
  // A rerun whose response was about another job may have been processed: the error says so.
  const own = outcomes.map((outcome, index) =>
    outcome.status === 'rejected'
      ? String(outcome.reason).includes('may still have been processed')
      : outcome.value.JobID === handles[index]?.id,
  );
  expect(own).toEqual([true, true]);
});

test('a list has the jobs of its own namespace, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const namespaces = words.map((word) => freshName(word));
  const handles = await Promise.all(
    namespaces.map(async (Namespace) => direct.jobs.submit(await printingJob('x', { Namespace }))),
  );
  const swapped = proxy.swapNext('list');
  const lists = await Promise.all(namespaces.map((namespace) => bacalhau.jobs.list({ namespace })));
  await swapped;
  expect(lists.map(({ items }) => items.map(({ ID }) => ID))).toEqual(handles.map(({ id }) => [id]));
});

testWith(['two-nodes'], 'a node is the one that was requested, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const ids = (await direct.nodes.list()).items.map(({ Info }) => Info.NodeID).slice(0, 2);
  const swapped = proxy.swapNext('node');
  const nodes = await Promise.all(ids.map((id) => bacalhau.nodes.get(id)));
  await swapped;
  expect(nodes.map(({ Info }) => Info.NodeID)).toEqual(ids);
});

test('lists of nodes are complete, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const all = (await direct.nodes.list()).items.map(({ Info }) => Info.NodeID).sort();
  const swapped = proxy.swapNext('nodes');
  const lists = await Promise.all(words.map(() => bacalhau.nodes.list()));
  await swapped;
  for (const { items } of lists) expect(items.map(({ Info }) => Info.NodeID).sort()).toEqual(all);
});

test('two stops stop their own jobs, although responses are swapped', async () => {
  await using proxy = await swapProxy(networkUrl());
  await using bacalhau = clientOf(proxy.url);
  const jobs = await Promise.all(words.map(async () => direct.jobs.submit(await endlessJob())));
  const bystander = await direct.jobs.submit(await endlessJob());
  const swapped = proxy.swapNext('stop');
  await Promise.all(jobs.map(({ id }) => bacalhau.jobs.handle(id).stop()));
  await swapped;
  const states = await Promise.all([...jobs, bystander].map(async (job) => (await job.refresh()).State?.StateType));
  expect(states.slice(0, 2)).toEqual(['Stopped', 'Stopped']);
  expect(states[2]).not.toBe('Stopped');
  await bystander.stop();
});
