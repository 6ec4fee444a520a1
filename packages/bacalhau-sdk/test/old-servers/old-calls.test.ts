import type { ServerResponse } from 'node:http';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { BadRequestError, ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { ConfigurationError, UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { LegacyJobs } from '../../src/legacy/legacy-jobs.js';
import { type FaultServer, faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';

/** What real servers 1.4.0, 1.6.0 and 1.9.3 answered to calls whose words, statuses or rules changed between versions. */
const dir = keyDirectory();
const JOB = 'j-00000000-0000-0000-0000-000000000000';
const EXECUTION = 'e-00000000-0000-0000-0000-000000000000';
const NODE = 'n-00000000-0000-0000-0000-000000000000';

const versioned = (response: ServerResponse, version: string, status: number, body: unknown): void =>
  json(response, status, body, { 'x-bacalhau-git-version': version });

/** Answers as a server of that version; `answer` gets `METHOD /path?query` and returns a status and a body. */
function serverOf(version: string, answer: (request: string) => readonly [number, unknown]): Promise<FaultServer> {
  return faultServer((response) => {
    const { method, url } = response.req;
    if (url?.endsWith('/agent/version')) return versioned(response, version, 200, { GitVersion: version });
    const [status, body] = answer(`${method} ${url}`);
    return versioned(response, version, status, body);
  });
}

const clientOf = ({ url }: FaultServer): Bacalhau => new Bacalhau({ baseUrl: url, env: {}, dir, logLevel: 'off' });

const internal = (error: string) => [500, { error, message: 'Internal Server Error' }] as const;
const enveloped = (Status: number, Message: string, Code: string) =>
  [Status, { Status, Message, RequestID: '', Code, Component: 'x' }] as const;

describe('what is not there is a NotFoundError', () => {
  type Call = (bacalhau: Bacalhau) => PromiseLike<unknown>;
  const cases: [string, string, Call, readonly [number, unknown], RegExp][] = [
    ['v1.4.0', 'executions', ({ jobs }) => jobs.executions(JOB), internal('bucket not found'), /job not found: j-0/],
    ['v1.4.0', 'history', ({ jobs }) => jobs.history(JOB), internal('bucket not found'), /job not found: j-0/],
    ['v1.4.0', 'results', ({ jobs }) => jobs.results(JOB), internal(`Job not found. ID: ${JOB}`), /Job not found/],
    ['v1.4.0', 'stop', ({ jobs }) => jobs.stop(JOB), internal(`Job not found. ID: ${JOB}`), /Job not found/],
    ['v1.4.0', 'node', ({ nodes }) => nodes.get(NODE), internal(`nodeInfo not found for nodeID: ${NODE}`), /nodeInfo/],
    [
      'v1.4.0',
      'approve',
      ({ nodes }) => nodes.approve(NODE),
      [200, { Success: false, Error: `nodeInfo not found for nodeID: ${NODE}` }],
      /nodes\.approve: nodeInfo not found/,
    ],
    [
      'v1.6.0',
      'executions',
      ({ jobs }) => jobs.executions(JOB),
      enveloped(404, 'bucket not found', 'BoltDBBucketNotFound'),
      /job not found: j-0/,
    ],
    [
      'v1.6.0',
      'history of an execution',
      ({ jobs }) => jobs.history(JOB, { executionId: EXECUTION }),
      enveloped(500, `multiple executions found for id ${EXECUTION}`, 'MultipleExecutionsFound'),
      /execution not found: e-0/,
    ],
    [
      'v1.9.3',
      'history of an execution',
      ({ jobs }) => jobs.history(JOB, { executionId: EXECUTION }),
      enveloped(404, `execution not found: ${EXECUTION}`, 'NotFound'),
      /execution not found: e-0/,
    ],
  ];
  test.each(cases)('%s: %s', async (version, _name, call, answer, message) => {
    await using server = await serverOf(version, () => answer);
    await using bacalhau = clientOf(server);
    const failure = await Promise.resolve(call(bacalhau)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure).toMatchObject({ message, serverVersion: version, attempts: 1 });
  });

  test('1.6.0: the empty history of an unknown job', async () => {
    await using server = await serverOf('v1.6.0', (request) =>
      request.includes('/history')
        ? [200, { NextToken: '', Items: [] }]
        : enveloped(404, `job not found: ${JOB}`, 'NotFound'),
    );
    await using bacalhau = clientOf(server);
    await expect(bacalhau.jobs.history(JOB)).rejects.toMatchObject({
      name: 'NotFoundError',
      operation: 'jobs.history',
    });
    await expect(collect(bacalhau.jobs.history(JOB, { follow: true }))).rejects.toBeInstanceOf(NotFoundError);
  });

  test('1.4.0: the empty history of an unknown execution, while a job without events has an empty one', async () => {
    const Job = { ID: JOB, Tasks: [], State: { StateType: 'Failed' } };
    await using server = await serverOf('v1.4.0', (request) =>
      request.includes('/history')
        ? [200, { NextToken: '', Items: [] }]
        : [200, { Job, Executions: { NextToken: '', Items: [] } }],
    );
    await using bacalhau = clientOf(server);
    const failure = bacalhau.jobs.history(JOB, { executionId: EXECUTION });
    await expect(failure).rejects.toBeInstanceOf(NotFoundError);
    await expect(failure).rejects.toThrow(`execution not found: ${EXECUTION}`);
    expect((await bacalhau.jobs.history(JOB)).items).toEqual([]);
  });

  test('but a server without its lists is broken where no job was asked for', async () => {
    await using server = await serverOf('v1.4.0', () => internal('bucket not found'));
    await using bacalhau = clientOf(server);
    await expect(bacalhau.jobs.list()).rejects.toMatchObject({ name: 'ServerError' });
  });
});

test('1.4.0: a node that is approved already is a conflict, though the status is 200', async () => {
  await using server = await serverOf('v1.4.0', () => [200, { Success: false, Error: 'node already approved' }]);
  await using bacalhau = clientOf(server);
  await expect(bacalhau.nodes.approve(NODE)).rejects.toBeInstanceOf(ConflictError);
});

test('1.4.0: an error is quoted without the status that the server writes before it', async () => {
  const answer = [400, { error: 'code=400, message=code=400, message=missing job type', message: 'x' }] as const;
  await using server = await serverOf('v1.4.0', () => answer);
  await using bacalhau = clientOf(server);
  const failure = bacalhau.jobs.list();
  await expect(failure).rejects.toBeInstanceOf(BadRequestError);
  await expect(failure).rejects.toThrow(/^jobs\.list: missing job type \(HTTP 400\)/);
});

test.each([
  ['v1.4.0', 'created_at', 'create_time'],
  ['v1.4.0', 'modified_at', 'modify_time'],
  ['v1.4.0', 'modify_time', 'modify_time'],
  ['v1.5.2', 'created_at', 'create_time'],
  ['v1.6.0', 'created_at', 'created_at'],
  ['v1.9.3', 'modified_at', 'modified_at'],
])('%s: executions by %s are requested by %s', async (version, orderBy, sent) => {
  await using server = await serverOf(version, () => [200, { NextToken: '', Items: [] }]);
  await using bacalhau = clientOf(server);
  await bacalhau.jobs.executions(JOB, { orderBy });
  const [listed] = server.seen.filter(({ url }) => url.includes('/executions'));
  expect(new URL(listed?.url ?? '', 'http://host').searchParams.get('order_by')).toBe(sent);
});

describe('1.4.0: a followed history', () => {
  const entry = (Message: string, second: number, ExecutionID?: string) => ({
    Type: ExecutionID === undefined ? 'JobLevel' : 'ExecutionLevel',
    JobID: JOB,
    ...(ExecutionID !== undefined && { ExecutionID }),
    Event: { Message, Timestamp: `2026-11-28T22:00:0${second}Z` },
    Time: `2026-11-28T22:00:0${second}Z`,
  });
  const submitted = entry('Job submitted', 1);
  const asked = entry('', 1, EXECUTION);
  const accepted = entry('Accepted job', 1, EXECUTION);
  const completed = entry('', 2, EXECUTION);
  const ended = entry('', 3);

  /** Its histories, one after the other, and the states of its job and of its execution when they are requested. */
  async function following(
    histories: readonly (readonly object[])[],
    states: readonly (readonly [job: string, execution: number])[],
    options: { readonly executionId?: string } = {},
  ): Promise<{ readonly events: readonly unknown[]; readonly requests: readonly string[] }> {
    let listed = 0;
    let asked = 0;
    const nth = <T>(items: readonly T[], index: number): T | undefined => items[Math.min(index, items.length - 1)];
    await using server = await serverOf('v1.4.0', (request) => {
      if (request.includes('/history')) return [200, { NextToken: '', Items: nth(histories, listed++) }];
      const [StateType, execution] = nth(states, asked++) ?? [];
      const Items = [{ ID: EXECUTION, JobID: JOB, NodeID: NODE, ComputeState: { StateType: execution } }];
      return [200, { Job: { ID: JOB, Tasks: [], State: { StateType } }, Executions: { NextToken: '', Items } }];
    });
    await using bacalhau = clientOf(server);
    const events = await collect(bacalhau.jobs.history(JOB, { eventType: 'all', follow: true, ...options }));
    return { events, requests: server.seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`) };
  }

  test('goes on until the job has ended, and gives each event once', async () => {
    const { events } = await following(
      [[submitted], [submitted], [submitted, asked, asked], [submitted, asked, accepted, asked, completed, ended]],
      [
        ['Pending', 1],
        ['Running', 1],
        ['Running', 5],
        ['Completed', 7],
      ],
    );
    // Two events may be alike, and those of one moment come in any order.
    expect(events).toEqual([submitted, asked, asked, accepted, completed, ended]);
  });

  test('has the events of the end, which come after the job was seen to have ended', async () => {
    const { events } = await following([[submitted], [submitted, completed, ended]], [['Completed', 7]]);
    expect(events).toEqual([submitted, completed, ended]);
  });

  test('of one execution ends with that', async () => {
    const { events } = await following(
      [[asked], [asked, completed]],
      [
        ['Running', 5],
        ['Running', 7],
      ],
      {
        executionId: EXECUTION,
      },
    );
    expect(events).toEqual([asked, completed]);
  });

  test('of an ended job is requested twice, as a whole', async () => {
    const { events, requests } = await following([[submitted, ended]], [['Failed', 0]]);
    expect(events).toEqual([submitted, ended]);
    expect(requests).toEqual([
      `GET /api/v1/orchestrator/jobs/${JOB}/history`,
      `GET /api/v1/orchestrator/jobs/${JOB}`,
      `GET /api/v1/orchestrator/jobs/${JOB}/history`,
    ]);
  });
});

describe('the signed API of servers from 1.1 on', () => {
  const legacyOf = ({ url }: FaultServer): LegacyJobs =>
    new LegacyJobs({ baseUrl: url, env: {}, dir, logLevel: 'off' });

  test('is gone from 1.7.0, and each error names the call that does the same', async () => {
    const calls = [
      (jobs: LegacyJobs) =>
        jobs.submit({ Spec: { Engine: 'Noop', Verifier: 'Noop', PublisherSpec: { Type: 'Noop' } } }),
      (jobs: LegacyJobs) => jobs.list({ returnAll: true }),
      (jobs: LegacyJobs) => jobs.states(JOB),
      (jobs: LegacyJobs) => jobs.results(JOB),
      (jobs: LegacyJobs) => jobs.events(JOB),
      (jobs: LegacyJobs) => jobs.cancel(JOB),
      (jobs: LegacyJobs) => jobs.wait(JOB),
      (jobs: LegacyJobs) => jobs.localEvents(JOB),
    ];
    await using server = await serverOf('v1.7.0', () => enveloped(404, 'Not Found', 'InternalError'));
    await using jobs = legacyOf(server);
    for (const call of calls) {
      const failure = await call(jobs).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UnsupportedByServerError);
      expect(failure).toMatchObject({ message: expect.stringMatching(/ jobs\.\w+ of `new Bacalhau\(\)`\.$/) });
    }
    expect(server.seen.filter(({ url }) => url === '/version')).toHaveLength(1);
  });

  test.each([[{ gitversion: 7 }], [{}]])('a version that cannot be read is asked for: %j', async (info) => {
    await using server = await serverOf('v1.1.0', () => [200, { build_version_info: info }]);
    await using jobs = legacyOf(server);
    await expect(jobs.list()).rejects.toBeInstanceOf(ConfigurationError);
  });
});
