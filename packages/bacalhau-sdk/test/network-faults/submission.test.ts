import { setTimeout } from 'node:timers/promises';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConnectionError, RequestAbortedError } from '../../src/errors/call-errors.js';
import { UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { JobExistsError } from '../../src/errors/job-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { Job } from '../../src/index.js';
import type { RunOptions } from '../../src/runs/options.js';
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { type Fate, losingProxy } from '../support/losing-proxy.js';
import { collect, freshName, networkUrl } from '../support/network.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();

const clientOf = (baseUrl: string, namespace: string, options: ClientOptions = {}) =>
  new Bacalhau({ baseUrl, namespace, dir, env: {}, logLevel: 'off', ...options });

test('submit: an update whose response is lost is made once, and one that does not arrive is sent again', async () => {
  await using proxy = await losingProxy((number) => (['none', 'answer', 'request'] as const)[number - 1] ?? 'none');
  await using bacalhau = clientOf(proxy.url, freshName('update'));
  const spec = await printingJob('update');
  const first = await bacalhau.jobs.submit(spec);
  const second = await bacalhau.jobs.submit({ ...spec, Priority: 1 }, { onExisting: 'update' });
  expect(second).toMatchObject({ id: first.id, attempts: 1, deduplicated: true });
  const third = await bacalhau.jobs.submit({ ...spec, Priority: 2 }, { onExisting: 'update' });
  expect(third).toMatchObject({ id: first.id, attempts: 2, deduplicated: false });
  expect((await first.versions()).items).toHaveLength(3);
});

test('submit: the error of an unanswered submission has the number of attempts and the name to look up', async () => {
  const namespace = freshName('silent');
  await using proxy = await losingProxy(() => 'request');
  await using bacalhau = clientOf(proxy.url, namespace, { maxRetries: 1 });
  const error = await bacalhau.jobs
    .submit(await printingJob('named', { Name: 'my-job' }))
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ outcomeUnknown: true, attempts: 2, operation: 'jobs.put' });
  expect(String(error)).toContain(`"my-job" in namespace "${namespace}"`);
  expect(proxy.submissions()).toBe(2);
});

test('submit: without retries a lost response is an error at once', async () => {
  await using proxy = await losingProxy(() => 'answer');
  await using bacalhau = clientOf(proxy.url, freshName('once'));
  const error = await bacalhau.jobs
    .submit(await printingJob('x'), { maxRetries: 0 })
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ outcomeUnknown: true, attempts: 1 });
  expect(proxy.submissions()).toBe(1);
});

test('submit: an abort between a lost response and the next attempt leaves the outcome unknown', async () => {
  const controller = new AbortController();
  await using proxy = await losingProxy(() => 'answer');
  await using bacalhau = clientOf(proxy.url, freshName('abort'), {
    onRetry: () => controller.abort('no longer needed'),
  });
  const error = await bacalhau.jobs
    .submit(await printingJob('x'), { signal: controller.signal })
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RequestAbortedError);
  expect(error).toMatchObject({ outcomeUnknown: true, attempts: 1 });
});

test('run: an abort before the submission arrives still stops the job', async () => {
  const namespace = freshName('aborted');
  const controller = new AbortController();
  await using proxy = await losingProxy(async (): Promise<Fate> => {
    controller.abort();
    // The silence is the subject: a lookup in the meantime would not find the job.
    await setTimeout(500);
    return 'none';
  });
  await using bacalhau = clientOf(proxy.url, namespace);
  const { Name: _, ...nameless } = await endlessJob();
  await expect(bacalhau.jobs.run(nameless, { signal: controller.signal })).rejects.toBeInstanceOf(RequestAbortedError);
  const [job, ...others] = await collect(bacalhau.jobs.list());
  expect(others).toEqual([]);
  expect(job?.State?.StateType).toBe('Stopped');
}, 30_000);

test('run: an abort while the submission is in flight stops the job that arrived', async () => {
  const namespace = freshName('aborted');
  const controller = new AbortController();
  await using proxy = await losingProxy(
    () => 'answer',
    () => controller.abort(),
  );
  const arrived = clientOf(networkUrl(), namespace);
  // The response is lost; the abort comes once the server has the job.
  await using bacalhau = clientOf(proxy.url, namespace);
  const { Name: _, ...nameless } = await endlessJob();
  const error = await bacalhau.jobs.run(nameless, { signal: controller.signal }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RequestAbortedError);
  const [job] = await collect(arrived.jobs.list());
  expect((await arrived.jobs.handle(job?.ID ?? '').wait()).State?.StateType).toBe('Stopped');
  await arrived.close();
}, 30_000);

test('map: leaving the loop while responses are lost stops a job whose submission had no response', async () => {
  const namespace = freshName('aborted');
  const controller = new AbortController();
  await using proxy = await losingProxy(
    () => 'answer',
    () => controller.abort(),
  );
  await using bacalhau = clientOf(proxy.url, namespace, { maxRetries: 0 });
  const { Name: _, ...nameless } = await endlessJob();
  const items = bacalhau.jobs.map([0], () => nameless, { signal: controller.signal });
  await expect(collect(items)).rejects.toBeInstanceOf(RequestAbortedError);
  const [job, ...others] = await collect(bacalhau.jobs.list());
  expect(others).toEqual([]);
  expect(job?.State?.StateType).toBe('Stopped');
}, 30_000);

describe('run: an abort when the server has stopped responding', () => {
  /** Returns the error of a run that is aborted at the first request for which `answered` has no response. */
  async function abortAt(answered: (request: string) => unknown, options: RunOptions): Promise<unknown> {
    const controller = new AbortController();
    await using server = await faultServer((response) => {
      const answer = answered(`${response.req.method} ${response.req.url}`);
      if (answer === undefined) controller.abort();
      else json(response, 200, answer);
    });
    await using bacalhau = clientOf(server.url, 'default');
    const { Name: _, ...nameless } = await endlessJob();
    const run = bacalhau.jobs.run(nameless, { ...options, signal: controller.signal });
    return await run.catch((error: unknown) => error);
  }
  const version = (asked: string) => (asked.includes('/version') ? { GitVersion: 'v1.9.3' } : undefined);
  const accepted = (asked: string) => version(asked) ?? (asked.startsWith('PUT') ? { JobID: 'j-1' } : undefined);

  test.each([
    ['its submission is in flight', version],
    ['it is waiting', accepted],
  ])(
    'ends the run when %s',
    async (_, answered) => {
      expect(await abortAt(answered, {})).toBeInstanceOf(RequestAbortedError);
    },
    40_000,
  );

  test('ends the run at once with stopOnAbort: false', async () => {
    const began = performance.now();
    expect(await abortAt(version, { stopOnAbort: false })).toBeInstanceOf(RequestAbortedError);
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});

test('run: an invalid signal is refused before anything is submitted', async () => {
  await using server = await faultServer((response) => json(response, 200, {}));
  await using bacalhau = clientOf(server.url, 'default');
  // @ts-expect-error: what plain JavaScript can do
  const run = bacalhau.jobs.run(await endlessJob(), { signal: new AbortController() });
  await expect(run).rejects.toMatchObject({ argument: 'signal' });
  expect(server.seen).toEqual([]);
});

describe('the same job, submitted by somebody else at the same time', () => {
  /** Creates somebody else's job while ours is in flight. */
  async function race(spec: Job) {
    const namespace = freshName('race');
    const other = clientOf(networkUrl(), namespace);
    const proxy = await losingProxy(async (): Promise<Fate> => {
      await other.jobs.submit(spec);
      return 'none';
    });
    const bacalhau = clientOf(proxy.url, namespace);
    const close = async () => {
      await Promise.all([other.close(), bacalhau.close(), proxy[Symbol.asyncDispose]()]);
    };
    return { other, bacalhau, namespace, [Symbol.asyncDispose]: close };
  }

  test('is an error with onExisting: error', async () => {
    const spec = await printingJob('lock');
    await using both = await race(spec);
    const error = await both.bacalhau.jobs.submit(spec, { onExisting: 'error' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobExistsError);
    expect(error).toMatchObject({ isSame: true });
  });

  test('is reused, but not stopped by an aborted run', async () => {
    const spec = await endlessJob();
    await using both = await race(spec);
    const controller = new AbortController();
    const running = both.bacalhau.jobs.run(spec, { signal: controller.signal, onUpdate: () => controller.abort() });
    await expect(running).rejects.toBeInstanceOf(RequestAbortedError);
    const job = both.other.jobs.handle(spec.Name ?? '', { namespace: both.namespace });
    expect(await job.stop()).toMatchObject({ stopped: true });
  });
});

test('map: leaving the loop stops a job that was found again after its response was lost', async () => {
  const namespace = freshName('found');
  await using direct = clientOf(networkUrl(), namespace);
  await using proxy = await losingProxy((number) => (number === 1 ? 'answer' : 'none'));
  // Without retries the submission as a whole is repeated.
  await using bacalhau = clientOf(proxy.url, namespace, { maxRetries: 0 });
  const spec = await endlessJob();
  const controller = new AbortController();
  const options = { signal: controller.signal, onUpdate: () => controller.abort() };
  const loop = collect(bacalhau.jobs.map(['one'], () => spec, options));
  await expect(loop).rejects.toBeInstanceOf(RequestAbortedError);
  const [job] = await collect(direct.jobs.list());
  expect(job?.State?.StateType).toBe('Stopped');
}, 30_000);

test('map: a connection that breaks while publishers are looked up is retried', async () => {
  await using server = await faultServer((response) => {
    const { method, url } = server.seen.at(-1) ?? { method: '', url: '' };
    const asked = server.seen.filter((request) => request.url.includes('/nodes')).length;
    if (url.endsWith('/agent/version')) json(response, 200, { GitVersion: 'v1.9.3' });
    else if (method === 'PUT') json(response, 400, { Status: 400, Message: 'not this one' });
    // The first is for the nodes' room.
    else if (asked === 2) response.destroy();
    else json(response, 200, { NextToken: '', Nodes: [] });
  });
  const { jobs } = clientOf(server.url, 'default', { maxRetries: 0 });
  const job = await printingJob('x');
  // Without a publisher, so that one is looked for.
  const spec = { ...job, Tasks: job.Tasks.map(({ Publisher: _, ...task }) => task) };
  const [item] = await collect(jobs.map(['one'], () => spec));
  expect(item).toMatchObject({ status: 'rejected', error: { message: expect.stringContaining('not this one') } });
  expect(server.seen.filter(({ url }) => url.includes('/nodes'))).toHaveLength(3);
}, 20_000);

describe('servers before 1.8, which create a second job of the same name (modelled on their responses)', () => {
  interface OldJob extends Job {
    readonly ID: string;
  }

  /** Starts a server that looks jobs up by label only, and loses the responses that `loses` says. */
  async function oldServer(loses: (submission: number) => boolean, version: string | undefined = 'v1.7.0') {
    const made: OldJob[] = [];
    const server = await faultServer((response) => {
      const { method, url, body } = server.seen.at(-1) ?? { method: '', url: '', body: '' };
      const { pathname, searchParams } = new URL(url, 'http://old');
      if (pathname.endsWith('/agent/version') && version) return json(response, 200, { GitVersion: version });
      if (method === 'PUT') {
        const ID = `j-${made.length + 1}`;
        made.push({ ...JSON.parse(body).Job, ID, State: { StateType: 'Pending' } });
        if (loses(made.length)) response.destroy();
        else json(response, 200, { JobID: ID, EvaluationID: '' });
        return undefined;
      }
      if (pathname.endsWith('/orchestrator/jobs')) {
        const [key = '', value] = (searchParams.get('labels') ?? '').split('=');
        const Items = made.filter(({ Labels }) => Labels?.[key] === value).reverse();
        return json(response, 200, { NextToken: '', Items });
      }
      return json(response, 404, { Status: 404, Message: 'job not found', Code: 'NotFound', Component: 'JobStore' });
    });
    return { ...server, made, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  test.each(['', 'my-job'])('after a lost response a job named %p is looked up by its label', async (Name) => {
    await using server = await oldServer((submission) => submission === 1);
    const job = await clientOf(server.url, 'default').jobs.submit(await printingJob('old', { Name }));
    expect(job).toMatchObject({ id: 'j-1', attempts: 1, deduplicated: true });
    expect(server.made).toHaveLength(1);
  });

  test('a named job is not created twice', async () => {
    await using server = await oldServer(() => false);
    const { jobs } = clientOf(server.url, 'default');
    const spec = await printingJob('old');
    await jobs.submit(spec);
    expect(await jobs.submit(spec)).toMatchObject({ id: 'j-1', attempts: 0, deduplicated: true });
    await expect(jobs.submit({ ...spec, Priority: 1 })).rejects.toBeInstanceOf(JobExistsError);
    await expect(jobs.submit(spec, { onExisting: 'update' })).rejects.toBeInstanceOf(UnsupportedByServerError);
    expect(server.made).toHaveLength(1);
  });

  test('a job on a server of unknown version is looked up by name and by label', async () => {
    await using server = await oldServer((submission) => submission === 1, '');
    const job = await clientOf(server.url, 'default').jobs.submit(await printingJob('old'));
    expect(job).toMatchObject({ id: 'j-1', attempts: 1, deduplicated: true });
    expect(server.made).toHaveLength(1);
  });
});

test('submit: where jobs may not be read, the outcome of a lost submission stays unknown', async () => {
  await using server = await faultServer((response) => {
    const { method, url } = server.seen.at(-1) ?? { method: '', url: '' };
    if (method === 'PUT') response.destroy();
    else if (url.endsWith('/agent/version')) json(response, 200, { GitVersion: 'v1.9.3' });
    else json(response, 403, { Status: 403, Message: 'Request Forbidden' });
  });
  const error = await clientOf(server.url, 'default')
    .jobs.submit(await printingJob('x', { Name: '' }))
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ outcomeUnknown: true, attempts: 1 });
  expect(server.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
});

test('submit: a 429 is retried up to maxRetries', async () => {
  await using server = await faultServer((response) => {
    const { method, url } = server.seen.at(-1) ?? { method: '', url: '' };
    const puts = server.seen.filter((seen) => seen.method === 'PUT').length;
    if (url.endsWith('/agent/version')) json(response, 200, { GitVersion: 'v1.9.3' });
    else if (method === 'GET') json(response, 404, { Status: 404, Message: 'job not found' });
    else if (puts < 3) json(response, 429, { Status: 429, Message: 'too many requests' });
    else json(response, 200, { JobID: 'j-1', EvaluationID: '' });
  });
  const { jobs } = clientOf(server.url, 'default');
  const spec = await printingJob('x', { Name: '' });
  await expect(jobs.submit(spec, { maxRetries: 1 })).rejects.toMatchObject({ name: 'RateLimitError', attempts: 2 });
  expect(await jobs.submit(spec)).toMatchObject({ id: 'j-1', attempts: 1, deduplicated: false });
});
