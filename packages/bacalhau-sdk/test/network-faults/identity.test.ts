import { inspect } from 'node:util';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { NotFoundError, UnexpectedResponseError } from '../../src/errors/api-errors.js';
import { JobExistsError, JobFailedError } from '../../src/errors/job-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import { type FaultServer, faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, freshName, networkClient, networkUrl } from '../support/network.js';
import { swapProxy } from '../support/swap-proxy.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();
const direct = networkClient();
const clientOf = (baseUrl: string, options: ClientOptions = {}) =>
  new Bacalhau({ baseUrl, dir, env: {}, logLevel: 'off', ...options });
const failure = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );
const told = { 'x-bacalhau-git-version': 'v1.9.3' };
const ID = 'j-00000000-0000-4000-8000-000000000001';
const OTHER = 'j-00000000-0000-4000-8000-000000000002';
const JOB = { ID, Name: 'own', Namespace: 'default', Type: 'batch', Tasks: [], State: { StateType: 'Running' } };

async function answering(status: number, body: unknown, headers = told): Promise<FaultServer> {
  return faultServer((response) => json(response, status, body, headers));
}

describe('responses of a real server that reach the wrong call', () => {
  test.each(['put', 'get', 'executions', 'history', 'results'] as const)(
    'swapped responses to %s give no run the job or output of another',
    async (kind) => {
      await using proxy = await swapProxy(networkUrl());
      await using bacalhau = clientOf(proxy.url, { namespace: freshName('swap') });
      const swapped = proxy.swapNext(kind).catch(() => undefined);
      const words = ['one', 'two'];
      const results = await Promise.all(
        words.map(async (word) => bacalhau.jobs.run(await printingJob(word), { output: 'beginning' })),
      );
      expect(results.map(({ stdout }) => stdout.trim())).toEqual(words);
      const jobs = await collect(bacalhau.jobs.list());
      expect(jobs).toHaveLength(2);
      await Promise.race([swapped, undefined]);
    },
    60_000,
  );

  test('a handle with the id of another job stops only its own, and corrects its id', async () => {
    await using proxy = await swapProxy(networkUrl());
    await using bacalhau = clientOf(proxy.url, { namespace: freshName('swap') });
    const swapped = proxy.swapNext('put');
    const [one, other] = await Promise.all([
      bacalhau.jobs.submit(await endlessJob()),
      bacalhau.jobs.submit(await endlessJob()),
    ]);
    await swapped;
    const [given, others] = [one?.id, other?.id];
    await one?.stop();
    expect(one?.id).toBe(others);
    expect((await direct.jobs.get(given ?? '')).Job.State?.StateType).not.toBe('Stopped');
    await other?.stop();
    expect(other?.id).toBe(given);
  }, 60_000);
});

describe('a response about something that was not requested', () => {
  const execution = { ID: 'e-1', NodeID: 'n-1', ComputeState: { StateType: 9 } };
  const event = { Event: { Message: 'x' } };
  test.each<[string, (jobs: Bacalhau['jobs']) => PromiseLike<unknown>, object]>([
    ['a job', (jobs) => jobs.get(ID), { Job: { ...JOB, ID: OTHER } }],
    ['an id that contains the requested one', (jobs) => jobs.get(ID.slice(3, 12)), { Job: { ...JOB } }],
    ['a name in another namespace', (jobs) => jobs.get('own'), { Job: { ...JOB, Namespace: 'other' } }],
    ['executions', (jobs) => jobs.executions(ID), { Items: [{ ...execution, JobID: OTHER }] }],
    [
      'executions of two jobs',
      (jobs) => jobs.executions('own'),
      { Items: [ID, OTHER].map((JobID) => ({ ...execution, JobID })) },
    ],
    ['events', (jobs) => jobs.history(ID), { Items: [{ ...event, JobID: OTHER }] }],
    [
      'included executions',
      (jobs) => jobs.get(ID),
      { Job: JOB, Executions: { Items: [{ ...execution, JobID: OTHER }] } },
    ],
    ['jobs of another namespace', (jobs) => jobs.list({ namespace: 'mine' }), { Items: [JOB] }],
    ['jobs without the label', (jobs) => jobs.list({ labels: ['env=prod'] }), { Items: [JOB] }],
  ])('%s: the call is retried, then rejected', async (_what, call, body) => {
    await using server = await answering(200, body);
    const error = await failure(call(clientOf(server.url, { maxRetries: 1 }).jobs));
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({ attempts: 2 });
  });

  test('a 404 about another job is not reported as NotFoundError', async () => {
    await using server = await answering(404, {
      Status: 404,
      Message: `job not found: ${OTHER}`,
      Component: 'JobStore',
    });
    expect(await failure(clientOf(server.url, { maxRetries: 0 }).jobs.get(ID))).toBeInstanceOf(UnexpectedResponseError);
  });
});

describe('a status from a gateway leaves the outcome unknown', () => {
  test.each([502, 503, 504, 520, 522, 524, 527])(
    '%d: a read is retried, a write has outcomeUnknown',
    async (status) => {
      await using server = await faultServer((response, number) =>
        number === 2
          ? json(response, 200, { Job: JOB }, told)
          : text(response, status, '<html><h1>Bad</h1></html>', {}),
      );
      const { jobs } = clientOf(server.url);
      expect((await jobs.get(ID)).Job.ID).toBe(ID);
      expect(await failure(jobs.stop(ID))).toMatchObject({ status, outcomeUnknown: true });
    },
  );

  test.each([502, 503, 504, 520, 524])('%d after the job was accepted: it is submitted once', async (status) => {
    let made: object | undefined;
    let puts = 0;
    await using server = await faultServer((response) => {
      const { method, url, body } = server.seen.at(-1) ?? { method: '', url: '', body: '' };
      if (url.endsWith('/agent/version')) return json(response, 200, { GitVersion: 'v1.9.3' }, told);
      if (method === 'PUT') {
        puts += 1;
        made = { ...JSON.parse(body).Job, ID };
        return text(response, status, '<html></html>');
      }
      if (made !== undefined) return json(response, 200, { Job: made }, told);
      return json(response, 404, { Status: 404, Message: 'job not found' });
    });
    const job = await clientOf(server.url).jobs.submit(await printingJob('x'));
    expect(job).toMatchObject({ id: ID, deduplicated: true });
    expect(puts).toBeLessThanOrEqual(1);
  });
});

describe('a server that is not a Bacalhau orchestrator', () => {
  const pages: readonly [number, string, string][] = [
    [404, 'text/html', '<!DOCTYPE html><h1>Not Found</h1>'],
    [404, 'text/plain', '404 page not found'],
    [404, 'application/json', '{"message":"Not Found"}'],
    [404, 'application/json', ''],
    [403, 'text/html', '<html>Forbidden</html>'],
    [500, 'text/html', '<html>Error</html>'],
  ];
  test.each(pages)(
    '%d with %s %j: the error names the address and is not a NotFoundError',
    async (status, type, body) => {
      await using server = await faultServer((response) => text(response, status, body, { 'content-type': type }));
      const error = await failure(clientOf(server.url).jobs.get(ID));
      expect(error).toBeInstanceOf(UnexpectedResponseError);
      expect(error).not.toBeInstanceOf(NotFoundError);
      expect(String(error)).toContain(server.url);
      expect(await failure(clientOf(server.url).jobs.handle(ID).wait())).toBeInstanceOf(UnexpectedResponseError);
    },
  );
});

describe('lists that never end', () => {
  test.each<[string, (number: number) => unknown]>([
    ['the same token', () => 'again'],
    ['two alternating tokens', (number) => `token-${number % 2}`],
    ['a token that is a number', () => 7],
  ])('%s: listing ends with an error', async (_what, token) => {
    await using server = await faultServer((response, number) =>
      json(response, 200, { Items: [JOB], NextToken: token(number) }, told),
    );
    expect(await failure(collect(clientOf(server.url, { maxRetries: 0 }).jobs.list()))).toBeInstanceOf(
      UnexpectedResponseError,
    );
  });
});

describe('responses with wrong types', () => {
  test.each<[string, object]>([
    ['Job.ID', { Job: { ...JOB, ID: {} } }],
    ['Job.Tasks', { Job: { ...JOB, Tasks: undefined } }],
    ['Job.State', { Job: { ...JOB, State: 'Running' } }],
  ])('%s is named in a typed error', async (field, body) => {
    await using server = await answering(200, body);
    const error = await failure(clientOf(server.url, { maxRetries: 0 }).jobs.get(ID));
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toContain(field);
  });

  test('an invalid history does not hide why a job failed, and the error prints briefly', async () => {
    const failed = { ...JOB, State: { StateType: 'Failed', Message: 'not enough nodes' } };
    const executions = [
      {
        ID: 'e-1',
        JobID: ID,
        NodeID: 'n-1',
        ComputeState: { StateType: 10 },
        RunOutput: { ErrorMsg: 'no such image' },
      },
    ];
    await using server = await faultServer((response) => {
      const { url = '' } = server.seen.at(-1) ?? {};
      if (url.includes('/history')) return json(response, 200, { Items: [{ JobID: ID }] }, told);
      if (url.includes('/executions')) return json(response, 200, { Items: executions }, told);
      return json(response, 200, { Job: failed }, told);
    });
    const error = await failure(clientOf(server.url, { maxRetries: 0 }).jobs.handle(ID).result());
    expect(error).toBeInstanceOf(JobFailedError);
    expect(error).toMatchObject({ message: `Job ${ID} failed: no such image`, job: { ID }, executions });
    expect(inspect(error)).not.toContain('ComputeState');
    expect(Object.keys(Object(error))).not.toContain('job');
  });
});

test('a job created by put, Python or the CLI is compared with what is submitted', async () => {
  const { jobs } = direct;
  const spec = { ...(await printingJob('same')), Name: freshName('same'), Namespace: freshName('ns') };
  const { JobID } = await jobs.put({ Job: spec });
  expect(await jobs.submit(spec)).toMatchObject({ id: JobID, deduplicated: true });
  expect(await failure(jobs.submit(spec, { onExisting: 'error' }))).toMatchObject({ isSame: true });
  const error = await failure(jobs.submit({ ...spec, Labels: { other: 'yes' } }));
  expect(error).toBeInstanceOf(JobExistsError);
  expect(error).toMatchObject({ isSame: false });
  expect(String(await failure(jobs.put({ Job: spec })))).toMatch(/Force: true/);
});
