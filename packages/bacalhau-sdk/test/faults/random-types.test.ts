import { Bacalhau, BacalhauError, type ClientOptions, type Job } from '../../src/index.js';
import { seeds } from '../support/faults.js';
import { keyDirectory } from '../support/key-directory.js';
import {
  asksToWait,
  gzipBomb,
  type HostileAnswer,
  hostileServer,
  htmlPage,
  neverAnswers,
  neverEnds,
  quotesBack,
  randomTypes,
  repeatedToken,
  rightAnswers,
} from '../support/random-server.js';
import { freshDirectories } from '../support/results.js';
import { inLanes, within } from '../support/within.js';

const dir = keyDirectory();
const directory = freshDirectories();
const JOB_ID = 'j-11111111-1111-4111-8111-111111111111';
const NODE_ID = 'n-33333333-3333-4333-8333-333333333333';
/** The deadline of a call. */
const CALL_MS = 500;
/** What is not over then hangs: the deadline, and what a busy machine and giving up take. */
const HANGS_MS = 12_000;

const client = (baseUrl: string, options: ClientOptions = {}): Bacalhau =>
  new Bacalhau({
    ...{ baseUrl, dir, env: {}, logLevel: 'off', auth: false, timeoutMs: CALL_MS, maxRetries: 0, ...options },
  });

const job = (): Job => ({
  ...{ Name: 'a-name', Type: 'batch', Count: 1 },
  Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }],
});

/** The beginning of what an iterable brings: one that never ends must not keep the test. */
async function beginning(items: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) {
    all.push(item);
    if (all.length >= 50) break;
  }
  return all;
}

type Check = (value: unknown) => boolean;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const anything: Check = () => true;
const page = (check: Check): Check => has({ items: list(check), nextToken: optional(text) });

/** What programs rely on without a look: of everything else the types say that it may be missing. */
const aJob = has({ ID: text, Tasks: list(isRecord), State: optional(has({ StateType: optional(text) })) });
const anExecution = has({ ID: text, JobID: text, NodeID: text, ComputeState: has({ StateType: number }) });
const anEvent = has({ Type: text, Event: isRecord });
const aResult = has({ Type: text });
const aNode = has({ Info: has({ NodeID: text }) });
const anItem: Check = (value) =>
  isRecord(value) && (value['status'] === 'rejected' ? value['error'] instanceof BacalhauError : aRun(value['value']));
const aRun = has({ jobId: text, exitCode: number, stdout: text, stderr: text, executions: list(isRecord) });

interface Call {
  readonly send: (bacalhau: Bacalhau) => PromiseLike<unknown>;
  /** Whether what it resolves with is what its types say. */
  readonly isTyped: Check;
}
const call = (send: Call['send'], isTyped: Check): Call => ({ send, isTyped });
const soon = () => ({ timeoutMs: CALL_MS, unreachableAfterMs: 200 });
const signal = () => AbortSignal.timeout(CALL_MS);

const CALLS: Readonly<Record<string, Call>> = {
  'jobs.put': call(({ jobs }) => jobs.put({ Job: job() }), has({ JobID: text })),
  'jobs.submit': call(({ jobs }) => jobs.submit(job()), has({ id: text, warnings: list(text) })),
  'jobs.run': call(({ jobs }) => jobs.run(job(), soon()), aRun),
  'jobs.map': call(({ jobs }) => beginning(jobs.map([1, 2], job, { ...soon(), signal: signal() })), list(anItem)),
  'jobs.map with a name': call(
    ({ jobs }) => beginning(jobs.map([1, 2], job, { ...soon(), signal: signal(), name: 'a-map' })),
    list(anItem),
  ),
  'jobs.stop': call(({ jobs }) => jobs.stop(JOB_ID), isRecord),
  'jobs.get': call(({ jobs }) => jobs.get(JOB_ID, { include: ['executions', 'history'] }), has({ Job: aJob })),
  'jobs.list': call(({ jobs }) => jobs.list(), page(aJob)),
  'jobs.list, looped over': call(({ jobs }) => beginning(jobs.list()), list(aJob)),
  'jobs.executions': call(({ jobs }) => jobs.executions(JOB_ID), page(anExecution)),
  'jobs.versions': call(({ jobs }) => jobs.versions(JOB_ID), page(aJob)),
  'jobs.results': call(({ jobs }) => jobs.results(JOB_ID), page(aResult)),
  'jobs.history': call(({ jobs }) => jobs.history(JOB_ID), page(anEvent)),
  'jobs.history, looped over': call(({ jobs }) => beginning(jobs.history(JOB_ID)), list(anEvent)),
  'jobs.history of a node': call(({ jobs }) => jobs.history(JOB_ID, { nodeId: 'n-3' }), page(anEvent)),
  'jobs.history, followed': call(
    ({ jobs }) => beginning(jobs.history(JOB_ID, { follow: true, signal: signal() })),
    list(anEvent),
  ),
  'jobs.diff': call(({ jobs }) => jobs.diff(job()), has({ Diff: optional(text) })),
  'jobs.rerun': call(({ jobs }) => jobs.rerun(JOB_ID), has({ JobID: optional(text) })),
  'handle.refresh': call(({ jobs }) => jobs.handle(JOB_ID).refresh(), aJob),
  'handle.describe': call(
    async ({ jobs }) => {
      const description = await jobs.handle(JOB_ID).describe();
      return { ...description, text: `${description}` };
    },
    has({ id: text, executions: list(has({ id: text, nodeId: text, state: text, stdout: text })), text }),
  ),
  'handle.wait': call(({ jobs }) => jobs.handle(JOB_ID).wait(soon()), aJob),
  'handle.stop': call(({ jobs }) => jobs.handle(JOB_ID).stop(), has({ state: text })),
  'handle.logs': call(
    ({ jobs }) => beginning(jobs.handle(JOB_ID).logs({ signal: signal() })),
    list(has({ text, executionId: text })),
  ),
  'handle.logs, followed': call(
    ({ jobs }) => beginning(jobs.handle(JOB_ID).logs({ follow: true, signal: signal() })),
    list(has({ text, executionId: text })),
  ),
  'handle.results': call(({ jobs }) => jobs.handle(JOB_ID).results(), anything),
  'handle.files': call(({ jobs }) => beginning(jobs.handle(JOB_ID).files({ timeoutMs: CALL_MS })), anything),
  'handle.download': call(({ jobs }) => jobs.handle(JOB_ID).download(directory(), { timeoutMs: CALL_MS }), isRecord),
  'nodes.list': call(({ nodes }) => nodes.list(), page(aNode)),
  'nodes.get': call(({ nodes }) => nodes.get(NODE_ID), aNode),
  'nodes.approve': call(({ nodes }) => nodes.approve(NODE_ID), isRecord),
  'nodes.reject': call(({ nodes }) => nodes.reject(NODE_ID), isRecord),
  'nodes.delete': call(({ nodes }) => nodes.delete(NODE_ID), isRecord),
  'agent.alive': call(({ agent }) => agent.alive(), isRecord),
  'agent.version': call(({ agent }) => agent.version(), has({ GitVersion: text })),
  'agent.node': call(({ agent }) => agent.node(), has({ NodeID: text })),
  'agent.config': call(({ agent }) => agent.config(), isRecord),
  'agent.debug': call(({ agent }) => agent.debug(), isRecord),
  'agent.authConfig': call(({ agent }) => agent.authConfig(), isRecord),
};

/** Sends it; what is wrong with what came of it, if anything is. */
async function flaw({ send, isTyped }: Call, bacalhau: Bacalhau): Promise<string | undefined> {
  try {
    const value = await within(HANGS_MS, 'it', send(bacalhau));
    return isTyped(value) ? undefined : `resolved with ${JSON.stringify(value)?.slice(0, 300)}`;
  } catch (error) {
    return error instanceof BacalhauError ? undefined : `rejected with ${error instanceof Error ? error.stack : error}`;
  } finally {
    await bacalhau.close();
  }
}

async function flawsOf(one: Call, answers: readonly (readonly [string, HostileAnswer])[]): Promise<string[]> {
  const flaws: string[] = [];
  await inLanes(6, answers, async ([name, answer]) => {
    await using server = await hostileServer(answer);
    const what = await flaw(one, client(server.url));
    if (what !== undefined) flaws.push(`${name}: ${what}`);
  });
  return flaws.sort();
}

jest.setTimeout(180_000);

describe.each(Object.entries(CALLS))('%s', (_name, one) => {
  test.each(seeds(1))('a response of random types is refused, or the result is well typed (seed %d)', async (seed) => {
    const answers = Array.from({ length: 5 }, (_, index) => [`${index}`, randomTypes(1_000 * seed + index)] as const);
    expect(await flawsOf(one, answers)).toEqual([]);
  });

  test('a server that is not an orchestrator, or misbehaves, ends in a typed error', async () => {
    const statuses = [200, 201, 204, 206, 301, 400, 401, 403, 404, 405, 409, 410, 413, 418, 429, 500, 501];
    const gateways = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527];
    const answers: readonly (readonly [string, HostileAnswer])[] = [
      ...[...statuses, ...gateways].map((status) => [`a page with ${status}`, htmlPage(status)] as const),
      ['the same token again and again', repeatedToken('again')],
      ['the same token without items', repeatedToken('again', { empty: true })],
      ['an object as a token', repeatedToken({ an: 'object' })],
      ['a number as a token', repeatedToken(7)],
      ['no end', neverEnds],
      ['no answer', neverAnswers],
      ['429 for a day', asksToWait(429)],
      ['503 for a day', asksToWait(503)],
      ['a packed list of 64 MB', gzipBomb(64)],
      ...[400, 401, 403, 404, 500, 502].map(
        (status) => [`everything quoted with ${status}`, quotesBack(status)] as const,
      ),
    ];
    expect(await flawsOf(one, answers)).toEqual([]);
  });

  test('a correct response is accepted', async () => {
    await using server = await hostileServer(rightAnswers);
    await using bacalhau = client(server.url);
    await one.send(bacalhau).then(undefined, (error: unknown) => expect(error).toBeInstanceOf(BacalhauError));
  });
});
