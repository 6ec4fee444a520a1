import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Bacalhau,
  BacalhauError,
  type ClientOptions,
  type Job,
  type JobHandle,
  RequestTimeoutError,
} from '../../src/index.js';
import { LegacyJobs } from '../../src/legacy/index.js';
import { platform } from '../../src/platform/node/index.js';
import { keyDirectory } from '../support/key-directory.js';
import {
  asksToWait,
  type HostileAnswer,
  hostileServer,
  neverAnswers,
  neverEnds,
  outlineOf,
  rightAnswers,
} from '../support/random-server.js';
import { freshDirectories } from '../support/results.js';
import { within } from '../support/within.js';

const dir = keyDirectory();
const directory = freshDirectories();
const JOB_ID = 'j-11111111-1111-4111-8111-111111111111';
/** When the limit of a wait is reached, in milliseconds. */
const LIMIT_MS = 400;
/** How much later it may end on a busy machine, in milliseconds. */
const GRACE_MS = 5_000;
/** The wait of a run for the response to its submission and for the stopping of its job (docs/options.md), in milliseconds. */
const STOPPING_MS = 20_000;

jest.setTimeout(90_000);

const job = (): Job => ({
  ...{ Name: 'a-name', Type: 'batch', Count: 1 },
  Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }],
});
const wasmJob = (): Job => ({
  ...{ Name: 'a-name', Type: 'batch', Count: 1 },
  Tasks: [{ Name: 'main', Engine: { Type: 'wasm', Params: { EntryModule: 'https://example.org/main.wasm' } } }],
});

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

/** The failures of a fan-out's items are its own, because it continues with the others. */
async function drainMap(items: AsyncIterable<{ readonly status: string; readonly error?: unknown }>): Promise<void> {
  for await (const item of items) if (item.status === 'rejected') throw item.error;
}

type Limit = 'signal' | 'timeoutMs' | 'close';
interface Limits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

interface Wait {
  /** The handle is of `JOB_ID`, or of a job that was submitted and not seen yet. */
  readonly start: (client: Bacalhau, limits: Limits, handle: JobHandle) => PromiseLike<unknown>;
  readonly isSubmitted?: true;
  /** What can end it. Default: all. */
  readonly by?: readonly Limit[];
  /** What it waits for. Default: the server. */
  readonly at?: 'store' | 'provider' | 'nothing';
  readonly stops?: true;
  readonly options?: ClientOptions;
}

/** What has no `timeoutMs`. */
const ENDLESS = ['signal', 'close'] as const;
const never = (): Promise<never> => new Promise(() => undefined);

const WAITS: Readonly<Record<string, Wait>> = {
  'a read': { start: ({ jobs }, limits) => jobs.get(JOB_ID, limits) },
  'a read with many retries': { start: ({ jobs }, limits) => jobs.get(JOB_ID, { ...limits, maxRetries: 9 }) },
  'a change': { start: ({ jobs }, limits) => jobs.put({ Job: job() }, limits) },
  'a list': { start: ({ jobs }, limits) => drain(jobs.list(limits)) },
  history: { start: ({ jobs }, limits) => drain(jobs.history(JOB_ID, { ...limits, nodeId: 'n-1' })) },
  results: { start: ({ jobs }, limits) => jobs.results(JOB_ID, limits) },
  typedResults: { start: ({ jobs }, limits) => jobs.handle(JOB_ID).typedResults(limits), by: ENDLESS },
  rerun: { start: ({ jobs }, limits) => jobs.rerun(JOB_ID, limits) },
  diff: { start: ({ jobs }, limits) => jobs.diff(job(), limits) },
  nodes: { start: ({ nodes }, limits) => nodes.list(limits) },
  agent: { start: ({ agent }, limits) => agent.config(limits) },
  'submit, a fresh name': { start: ({ jobs }, limits) => jobs.submit({ ...job(), Name: '' }, limits) },
  'submit, which looks by name': { start: ({ jobs }, limits) => jobs.submit(job(), { ...limits, maxRetries: 9 }) },
  'handle.describe': { start: ({ jobs }, limits) => jobs.handle(JOB_ID).describe(limits) },
  'handle.refresh': { start: ({ jobs }, limits) => jobs.handle(JOB_ID).refresh(limits) },
  'handle.stop': { start: ({ jobs }, limits) => jobs.handle(JOB_ID).stop('enough', limits) },
  wait: { start: ({ jobs }, limits) => jobs.handle(JOB_ID).wait(limits) },
  'handle.result': { start: ({ jobs }, limits) => jobs.handle(JOB_ID).result(limits) },
  run: { start: ({ jobs }, limits) => jobs.run(job(), limits), stops: true },
  'run of a job without a publisher': { start: ({ jobs }, limits) => jobs.run(wasmJob(), limits), stops: true },
  'run that leaves its job': { start: ({ jobs }, limits) => jobs.run(job(), { ...limits, stopOnAbort: false }) },
  map: { start: ({ jobs }, limits) => drainMap(jobs.map([1, 2], job, limits)), by: ENDLESS, stops: true },
  'map with a name': {
    start: ({ jobs }, limits) => drainMap(jobs.map([1], job, { ...limits, name: 'a-map' })),
    ...{ by: ENDLESS, stops: true },
  },
  'map whose inputs never come': {
    start: ({ jobs }, limits) => drainMap(jobs.map({ [Symbol.asyncIterator]: () => ({ next: never }) }, job, limits)),
    by: ENDLESS,
  },
  'map whose function never returns': {
    start: ({ jobs }, limits) => drainMap(jobs.map([1], never, limits)),
    by: ENDLESS,
  },
  'a snapshot of logs': { start: ({ jobs }, limits) => drain(jobs.handle(JOB_ID).logs(limits)), by: ENDLESS },
  'followed logs': {
    start: ({ jobs }, limits) => drain(jobs.handle(JOB_ID).logs({ ...limits, follow: true })),
    by: ENDLESS,
  },
  'followed history': {
    start: ({ jobs }, limits) => drain(jobs.history(JOB_ID, { ...limits, follow: true })),
    by: ENDLESS,
  },
  download: { start: ({ jobs }, limits) => jobs.handle(JOB_ID).download(directory(), limits) },
  files: { start: ({ jobs }, limits) => drain(jobs.handle(JOB_ID).files(limits)) },
  'download, at the store': {
    start: ({ jobs }, limits) => jobs.handle(JOB_ID).download(directory(), limits),
    at: 'store',
  },
  'download of the archive, at the store': {
    start: ({ jobs }, limits) => jobs.handle(JOB_ID).download(directory(), { ...limits, extract: false }),
    at: 'store',
  },
  'files, at the store': { start: ({ jobs }, limits) => drain(jobs.handle(JOB_ID).files(limits)), at: 'store' },
  'run, at the store': { start: ({ jobs }, limits) => jobs.handle(JOB_ID).result(limits), at: 'store' },
  'login by key': { start: (client, limits) => client.login(limits), options: { auth: { challenge: true } } },
  'login with answers': {
    start: (client, limits) => client.login(limits),
    options: { auth: { ask: () => ({ username: 'ada' }) } },
  },
  'login with a device, at the server': {
    start: (client, limits) => client.login(limits),
    options: { auth: { device: () => undefined } },
  },
  'login with a device, at the provider': {
    start: (client, limits) => client.login(limits),
    options: { auth: { device: () => undefined } },
    at: 'provider',
  },
  'a call that logs in first': {
    start: ({ jobs }, limits) => jobs.get(JOB_ID, limits),
    options: { auth: { challenge: true } },
  },
  'a call that logs in first, at the provider': {
    start: ({ jobs }, limits) => jobs.get(JOB_ID, limits),
    options: { auth: { device: () => undefined } },
    at: 'provider',
  },
  'a call whose key is never returned': {
    start: ({ jobs }, limits) => jobs.get(JOB_ID, limits),
    options: { auth: { apiKey: never } },
    at: 'nothing',
  },
  'logs whose key is never returned': {
    start: ({ jobs }, limits) => drain(jobs.handle(JOB_ID).logs(limits)),
    ...{ options: { auth: { apiKey: never } }, at: 'nothing', by: ENDLESS },
  },
};

/** Servers, and whether the wait for them ends by its limit only. */
const SERVERS: Readonly<Record<string, { readonly answer: HostileAnswer; readonly isSilent: boolean }>> = {
  'never answers': { answer: neverAnswers, isSilent: true },
  'never closes a body': { answer: neverEnds, isSilent: true },
  'asks for a day with 503': { answer: asksToWait(503), isSilent: false },
  'asks for a day with 429': { answer: asksToWait(429), isSilent: false },
};

/** Correct responses up to a point: the waits after it must end as well. */
const after =
  (answered: RegExp, answer: HostileAnswer): HostileAnswer =>
  (request, response) =>
    (answered.test(`${request.method} ${request.url}`) ? rightAnswers : answer)(request, response);
const VERSION = /\/agent\/version$/;
const SUBMISSION = /\/agent\/version$|^PUT .*\/jobs$|\/nodes/;
const JOB = new RegExp(`${SUBMISSION.source}|^GET .*/jobs/[^/]*$`);

/** Right answers about a job that runs. */
const running: HostileAnswer = (request, response) => {
  const body = JSON.stringify(outlineOf(request)).replaceAll('"Completed"', '"Running"');
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
};

/** Right answers, with results at a store that does not do what it should. */
const withStore =
  (store: string): HostileAnswer =>
  (request, response) => {
    const body = JSON.stringify(outlineOf(request)).replaceAll('http://127.0.0.1:9/', `${store}/`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  };

/** Right answers, with single sign-on at a provider that does not do what it should; calls without a token are refused. */
const withProvider =
  (answer: HostileAnswer): HostileAnswer =>
  (request, response) =>
    (request.url.startsWith('/api/') ? rightAnswers : answer)(request, response);

/** What is wrong with how the wait ends, if anything is. */
async function flawOf(wait: Wait, answer: HostileAnswer, limit: Limit, isSilent: boolean): Promise<string | undefined> {
  await using store = await hostileServer(answer);
  const served = wait.at === 'store' ? withStore(store.url) : wait.at === 'provider' ? withProvider(answer) : answer;
  await using server = await hostileServer(served, { kind: 'never answered' });
  const client = new Bacalhau({
    ...{ baseUrl: server.url, dir, env: {}, logLevel: 'off', auth: false, timeoutMs: 60_000 },
    ...{ maxRetries: 2, ...wait.options },
  });
  const handle = await handleOf(wait, client);
  return await ending(client, limit, {
    start: (limits) => wait.start(client, limits, handle),
    graceMs: GRACE_MS + (wait.stops === undefined ? 0 : STOPPING_MS),
    isSilent: isSilent || wait.at === 'nothing',
  });
}

interface Ending {
  readonly start: (limits: Limits) => PromiseLike<unknown>;
  readonly graceMs: number;
  /** Whether nothing but the limit can have ended it. */
  readonly isSilent: boolean;
}

const EXPECTED: Readonly<Record<Limit, RegExp>> = {
  signal: /^RequestAbortedError/,
  // The second one if the client was closed between two requests of a call.
  close: /^RequestAbortedError|: the client is closed\. /,
  timeoutMs: /^RequestTimeoutError/,
};

async function ending(
  client: { close(): Promise<void> },
  limit: Limit,
  { start, graceMs, isSilent }: Ending,
): Promise<string | undefined> {
  const controller = new AbortController();
  const limits = { signal: { signal: controller.signal }, timeoutMs: { timeoutMs: LIMIT_MS }, close: {} }[limit];
  const timer = setTimeout(() => {
    if (limit === 'signal') controller.abort();
    if (limit === 'close') void client.close();
  }, LIMIT_MS);
  try {
    await within(LIMIT_MS + graceMs, 'it', Promise.resolve(start(limits)));
    return isSilent ? 'resolved' : undefined;
  } catch (error) {
    const isExpected = isSilent ? EXPECTED[limit].test(String(error)) : error instanceof BacalhauError;
    return isExpected ? undefined : String(error);
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

const LIMITS = ['signal', 'timeoutMs', 'close'] as const;

/** Runs all waits at once, with each of their limits, and returns the flaws by what they were seen at. */
async function flawsOf(
  waits: Readonly<Record<string, Wait>>,
  answer: HostileAnswer,
  isSilent: boolean,
): Promise<Readonly<Record<string, string>>> {
  const flaws: Record<string, string> = {};
  const all = Object.entries(waits).flatMap(([name, wait]) =>
    (wait.by ?? LIMITS).map(async (limit) => {
      const flaw = await flawOf(wait, answer, limit, isSilent);
      if (flaw !== undefined) flaws[`${name}, ended by ${limit}`] = flaw;
    }),
  );
  await Promise.all(all);
  return flaws;
}

beforeAll(async () => {
  // One key for all clients.
  await using server = await hostileServer(rightAnswers);
  await using client = new Bacalhau({ baseUrl: server.url, dir, env: {}, logLevel: 'off' });
  await client.jobs.list();
});

test.each(Object.entries(SERVERS))(
  'every wait for a server that %s ends by its signal, its timeoutMs and close()',
  async (_name, { answer, isSilent }) => {
    expect(await flawsOf(WAITS, answer, isSilent)).toEqual({});
  },
);

const REACHING = Object.fromEntries(
  Object.entries(WAITS).filter(([, { at, options }]) => at === undefined && options === undefined),
);

test.each([
  ['nothing after its version', after(VERSION, neverAnswers)],
  ['nothing after a submission', after(SUBMISSION, neverAnswers)],
  ['nothing after the state of a job', after(JOB, neverAnswers)],
  ['its version, and then asks for a day', after(VERSION, asksToWait(503))],
  ['a submission, and then asks for a day', after(SUBMISSION, asksToWait(503))],
  ['the state of a job, and then asks for a day', after(JOB, asksToWait(503))],
])('every wait for a server that answers %s ends by its limits', async (_name, answer) => {
  // Some end before, because they have what they need.
  expect(await flawsOf(REACHING, answer, false)).toEqual({});
});

const submitted = (start: (job: JobHandle, limits: Limits) => PromiseLike<unknown>): Wait => ({
  start: (_client, limits, handle) => start(handle, limits),
  isSubmitted: true,
});
const handleOf = async (wait: Wait, { jobs }: Bacalhau): Promise<JobHandle> =>
  wait.isSubmitted === undefined ? jobs.handle(JOB_ID) : jobs.submit({ ...job(), Name: '' });

/** Calls of a handle whose job was not seen yet. */
const SUBMITTED: Readonly<Record<string, Wait>> = {
  describe: submitted((job, limits) => job.describe(limits)),
  refresh: submitted((job, limits) => job.refresh(limits)),
  wait: submitted((job, limits) => job.wait(limits)),
  result: submitted((job, limits) => job.result(limits)),
  stop: submitted((job, limits) => job.stop('enough', limits)),
  rerun: submitted((job, limits) => job.rerun(limits)),
  executions: submitted((job, limits) => job.executions(limits)),
  'executions, looped over': submitted((job, limits) => drain(job.executions(limits))),
  history: submitted((job, limits) => job.history(limits)),
  'followed history': { ...submitted((job, limits) => drain(job.history({ ...limits, follow: true }))), by: ENDLESS },
  logs: { ...submitted((job, limits) => drain(job.logs(limits))), by: ENDLESS },
  versions: submitted((job, limits) => job.versions(limits)),
  results: submitted((job, limits) => job.results(limits)),
  typedResults: { ...submitted((job, limits) => job.typedResults(limits)), by: ENDLESS },
  files: submitted((job, limits) => drain(job.files(limits))),
  download: submitted((job, limits) => job.download(directory(), limits)),
};

test('every wait for a job that was just submitted ends by its limits', async () => {
  expect(await flawsOf(SUBMITTED, after(SUBMISSION, neverAnswers), true)).toEqual({});
});

test('timeoutMs is the time of all requests of a call together', async () => {
  const slow: HostileAnswer = (request, response) =>
    void setTimeout(
      () => running(request, response),
      /^PUT .*\/jobs$/.test(`${request.method} ${request.url}`) ? 0 : 700,
    );
  const all = {
    ...SUBMITTED,
    ...{ submit: WAITS['submit, which looks by name'], 'handle.stop': WAITS['handle.stop'], history: WAITS['history'] },
  };
  const flaws: Record<string, unknown> = {};
  await Promise.all(
    Object.entries(all).map(async ([name, wait]) => {
      if (wait === undefined || name === 'refresh' || wait.by !== undefined) return;
      await using server = await hostileServer(slow);
      await using client = new Bacalhau({ ...{ baseUrl: server.url, dir, env: {}, logLevel: 'off', auth: false } });
      await client.agent.version();
      const handle = await handleOf(wait, client);
      // Each request takes less.
      const ended = Promise.resolve(wait.start(client, { timeoutMs: 1_000 }, handle));
      const outcome = await ended.catch((error: unknown) => error);
      if (!(outcome instanceof RequestTimeoutError)) flaws[name] = outcome;
    }),
  );
  expect(flaws).toEqual({});
});

const LEGACY_WAITS: Readonly<Record<string, (jobs: LegacyJobs, limits: Limits) => PromiseLike<unknown>>> = {
  submit: (jobs, limits) =>
    jobs.submit(
      { Spec: { Engine: 'Docker', Verifier: 'Noop', Publisher: 'Noop', Docker: { Image: 'ubuntu' } } },
      limits,
    ),
  list: (jobs, limits) => jobs.list(limits),
  states: (jobs, limits) => jobs.states(JOB_ID, limits),
  results: (jobs, limits) => jobs.results(JOB_ID, limits),
  events: (jobs, limits) => jobs.events(JOB_ID, limits),
  cancel: (jobs, limits) => jobs.cancel(JOB_ID, 'enough', limits),
  wait: (jobs, limits) => jobs.wait(JOB_ID, limits),
};

test.each(Object.entries(SERVERS))(
  'every wait for a legacy server that %s ends by its signal, its timeoutMs and close()',
  async (_name, { answer, isSilent }) => {
    const flaws: Record<string, string> = {};
    const versions = [undefined, 'v0.3.29'];
    const all = versions.flatMap((serverVersion) =>
      Object.entries(LEGACY_WAITS).flatMap(([name, start]) =>
        LIMITS.map(async (limit) => {
          await using server = await hostileServer(answer);
          const jobs = new LegacyJobs({
            ...{ baseUrl: server.url, dir, env: {}, logLevel: 'off', auth: false, timeoutMs: 60_000 },
            ...(serverVersion !== undefined && { serverVersion }),
          });
          const limited = { start: (limits: Limits) => start(jobs, limits), graceMs: GRACE_MS, isSilent };
          const flaw = await ending(jobs, limit, limited);
          if (flaw !== undefined) flaws[`${name} of ${serverVersion}, ended by ${limit}`] = flaw;
        }),
      ),
    );
    await Promise.all(all);
    expect(flaws).toEqual({});
  },
);

const onPosix = process.platform === 'win32' ? test.skip : test;

onPosix.each(['config.yaml', 'tokens.json', 'user_id.pem', 'profiles/one.yaml'])(
  'a pipe instead of %s holds up no call',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'bacalhau-test-pipe-'));
    mkdirSync(join(folder, 'profiles'));
    execFileSync('mkfifo', ['-m', '600', join(folder, name)]);
    try {
      await using server = await hostileServer(rightAnswers);
      const endings = LIMITS.map((limit) => {
        const client = new Bacalhau({
          ...{ dir: folder, env: {}, logLevel: 'off', timeoutMs: 60_000 },
          ...(name === 'profiles/one.yaml' ? { profile: 'one' } : name !== 'config.yaml' && { baseUrl: server.url }),
        });
        const start = (limits: Limits): PromiseLike<unknown> => client.jobs.list({ ...limits, maxRetries: 0 });
        return ending(client, limit, { start, graceMs: GRACE_MS, isSilent: false });
      });
      expect(await Promise.all(endings)).toEqual([undefined, undefined, undefined]);
    } finally {
      // A key that is being created may still be written.
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    }
  },
);

test('every wait ends by its limits while a disk does not answer', async () => {
  const read = jest.fn(never);
  const { readSettings } = platform;
  Object.assign(platform, { readSettings: read });
  try {
    const waits = Object.fromEntries(
      Object.entries(WAITS).map(([name, wait]) => [name, { ...wait, at: 'nothing' } as const]),
    );
    expect(await flawsOf(waits, rightAnswers, true)).toEqual({});
    expect(read).toHaveBeenCalled();
  } finally {
    Object.assign(platform, { readSettings });
  }
});
