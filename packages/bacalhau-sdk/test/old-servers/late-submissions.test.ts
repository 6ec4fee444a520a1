import { createHash } from 'node:crypto';
import type { Job } from 'bacalhau-apiclient';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RequestAbortedError } from '../../src/errors/call-errors.js';
import { JobExistsError } from '../../src/errors/job-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { until } from '../support/within.js';

/**
 * Servers before 1.8 create a job for each request, whatever its name. What a request creates that arrives late, and what two
 * programs create at the same time, was measured on real 1.4.0 and 1.6.0: two jobs.
 */
const dir = keyDirectory();
const SPEC = { Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] };

interface OldJob extends Job {
  readonly ID: string;
  State: { StateType: string; Message?: string };
}

type Fate = 'answered' | 'lost' | 'carried out after the next' | { readonly createdAfterMs: number };

/**
 * Knows labels, but no names. `fate` says what happens to each submission; those that are not answered are cut at once, the
 * others are carried out as soon as so many have arrived as arrive `together`.
 */
async function oldServer(
  fate: (submission: number) => Fate,
  { version = 'v1.7.0', together = 1, onCreated = (_: OldJob) => {} } = {},
) {
  const made: OldJob[] = [];
  const arrived: (() => void)[] = [];
  const late: string[] = [];
  let submissions = 0;
  const create = (body: string): OldJob => {
    const job = { ...JSON.parse(body).Job, ID: `j-${made.length + 1}`, CreateTime: made.length + 1, Version: 0 };
    made.push({ ...job, State: { StateType: 'Running' } });
    const created = made[made.length - 1];
    if (created === undefined) throw new Error('It was just created.');
    onCreated(created);
    return created;
  };
  const server = await faultServer((response) => {
    const { method, url, body } = server.seen.at(-1) ?? { method: '', url: '', body: '' };
    const { pathname, searchParams } = new URL(url, 'http://old');
    const found = made.find(({ ID }) => pathname.includes(`/jobs/${ID}`));
    if (pathname.endsWith('/agent/version') && version) return json(response, 200, { GitVersion: version });
    if (method === 'PUT') {
      submissions += 1;
      const happens = fate(submissions);
      if (happens === 'answered') {
        arrived.push(() => json(response, 200, { JobID: create(body).ID, EvaluationID: '' }));
        if (arrived.length >= together) for (const carryOut of arrived.splice(0)) carryOut();
        for (const body of late.splice(0)) create(body);
        return undefined;
      }
      response.destroy();
      if (happens === 'carried out after the next') late.push(body);
      else if (happens !== 'lost') setTimeout(() => create(body), happens.createdAfterMs);
      return undefined;
    }
    if (method === 'DELETE' && found !== undefined) {
      found.State = { StateType: 'Stopped', Message: JSON.parse(body || '{}').reason };
      return json(response, 200, { EvaluationID: 'e' });
    }
    if (pathname.endsWith('/executions')) return json(response, 200, { NextToken: '', Items: [] });
    if (pathname.endsWith('/orchestrator/jobs')) {
      const [key = '', value] = (searchParams.get('labels') ?? '').split('=');
      return json(response, 200, { NextToken: '', Items: made.filter(({ Labels }) => Labels?.[key] === value) });
    }
    if (found !== undefined) return json(response, 200, { Job: found });
    return json(response, 404, { Status: 404, Message: 'job not found: x', Code: 'NotFound', Component: 'JobStore' });
  });
  return {
    url: server.url,
    seen: server.seen,
    made,
    states: () => made.map(({ ID, State }) => [ID, State.StateType]),
    submissions: () => submissions,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const clientOf = ({ url }: { readonly url: string }, options: ClientOptions = {}): Bacalhau =>
  new Bacalhau({ baseUrl: url, dir, env: {}, logLevel: 'off', ...options });

test.each([50, 300, 1_500])(
  'a request that arrives %d ms after its client was cut off is waited for',
  async (late) => {
    await using server = await oldServer((number) => (number === 1 ? { createdAfterMs: late } : 'answered'));
    await using bacalhau = clientOf(server);
    expect(await bacalhau.jobs.submit(SPEC)).toMatchObject({ id: 'j-1', attempts: 1, deduplicated: true });
    expect(server.made).toHaveLength(1);
  },
  20_000,
);

test('a request that never arrives is sent again after two seconds', async () => {
  await using server = await oldServer((number) => (number === 1 ? 'lost' : 'answered'));
  await using bacalhau = clientOf(server);
  const began = performance.now();
  expect(await bacalhau.jobs.submit(SPEC)).toMatchObject({ id: 'j-1', attempts: 2, deduplicated: false });
  expect(performance.now() - began).toBeGreaterThan(2_000);
}, 20_000);

test('the time of a submission is not exceeded by looking for what may be late', async () => {
  await using server = await oldServer(() => 'lost');
  await using bacalhau = clientOf(server);
  const began = performance.now();
  const failure = await bacalhau.jobs.submit(SPEC, { timeoutMs: 800 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ outcomeUnknown: true });
  expect(performance.now() - began).toBeLessThan(1_500);
}, 20_000);

test('of a request that arrives after it was sent again, the job is stopped', async () => {
  await using server = await oldServer((number) => (number === 1 ? 'carried out after the next' : 'answered'));
  await using bacalhau = clientOf(server);
  // The lookups find nothing, so that the second request is sent; then the first one arrives.
  const run = bacalhau.jobs.run(SPEC).catch((error: unknown) => error);
  await until(() => server.made[1]?.State.StateType === 'Stopped');
  const [first] = server.made;
  if (first !== undefined) first.State = { StateType: 'Failed' };
  await run;
  expect(server.submissions()).toBe(2);
  expect(server.states()).toEqual([
    ['j-1', 'Failed'],
    ['j-2', 'Stopped'],
  ]);
  expect(server.made[1]?.State.Message).toMatch(/same submission or name/);
}, 30_000);

test('of two programs that submit one name at the same time, the later job is stopped, and both have the first', async () => {
  // Neither finds the other's job before it submits its own, however long the other takes.
  await using server = await oldServer(() => 'answered', { together: 2 });
  await using one = clientOf(server);
  await using other = clientOf(server);
  const spec = { ...SPEC, Name: 'nightly' };
  const handles = await Promise.all([one.jobs.submit(spec), other.jobs.submit(spec)]);
  expect(handles.map(({ id }) => id)).toEqual(['j-1', 'j-1']);
  expect(handles.map(({ deduplicated }) => deduplicated).sort()).toEqual([false, true]);
  expect(server.states()).toEqual([
    ['j-1', 'Running'],
    ['j-2', 'Stopped'],
  ]);
  // And later submissions find the one that counts.
  expect(await one.jobs.submit(spec)).toMatchObject({ id: 'j-1', attempts: 0, deduplicated: true });
});

test('of two programs that submit different jobs under one name, the later one gets a JobExistsError', async () => {
  await using server = await oldServer(() => 'answered', { together: 2 });
  await using one = clientOf(server);
  await using other = clientOf(server);
  const outcomes = await Promise.allSettled([
    one.jobs.submit({ ...SPEC, Name: 'nightly' }),
    other.jobs.submit({ ...SPEC, Name: 'nightly', Priority: 1 }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
  expect(rejected?.reason).toBeInstanceOf(JobExistsError);
  expect(server.states()).toEqual([
    ['j-1', 'Running'],
    ['j-2', 'Stopped'],
  ]);
});

test('a fresh name costs no lookup', async () => {
  await using server = await oldServer(() => 'answered');
  await using bacalhau = clientOf(server);
  await bacalhau.jobs.submit(SPEC);
  expect(server.seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual([
    'GET /api/v1/agent/version',
    'PUT /api/v1/orchestrator/jobs',
  ]);
});

test('a resumed fan-out takes the job that counts, not its stopped twin', async () => {
  await using server = await oldServer(() => 'answered', {
    onCreated: (job) => {
      job.State = { StateType: 'Completed' };
    },
  });
  await using bacalhau = clientOf(server);
  const options = { name: 'sweep', addPublisher: false } as const;
  await collect(bacalhau.jobs.map([1], () => SPEC, options));
  const [first] = server.made;
  if (first === undefined) throw new Error('No job was submitted.');
  server.made.push({ ...first, ID: 'j-2', CreateTime: 2, State: { StateType: 'Stopped' } });
  const [item] = await collect(bacalhau.jobs.map([1], () => SPEC, options));
  expect(item).toMatchObject({ status: 'fulfilled', value: { jobId: 'j-1' } });
  expect(server.submissions()).toBe(1);
}, 20_000);

test('a run that is aborted after its answer was lost stops the job, which no name finds there', async () => {
  const controller = new AbortController();
  await using server = await oldServer(() => ({ createdAfterMs: 300 }));
  await using bacalhau = clientOf(server, { onRetry: () => controller.abort() });
  const failure = await bacalhau.jobs.run(SPEC, { signal: controller.signal }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RequestAbortedError);
  expect(failure).toMatchObject({ message: expect.stringContaining('The job was stopped.'), jobId: 'j-1' });
  expect(server.states()).toEqual([['j-1', 'Stopped']]);
}, 20_000);

test.each([
  ['v1.7.0', /Choose another name\.$/],
  // It may be one that cannot update.
  ['', /Choose another name\.$/],
  ['v1.8.0', /Choose another name, or use onExisting "update"\.$/],
])('an update is only advised to users of servers that are known to have it: %j', async (version, advice) => {
  await using server = await oldServer(() => 'answered', { version });
  await using bacalhau = clientOf(server);
  server.made.push({
    ...{ ...SPEC, ID: 'nightly', Name: 'nightly', Namespace: 'default', State: { StateType: 'Running' } },
    ...{ Meta: { 'bacalhau-sdk/fingerprint': 'another' } },
    Labels: { 'bacalhau-sdk/name': createHash('sha256').update('nightly').digest('hex').slice(0, 40) },
  });
  await expect(bacalhau.jobs.submit({ ...SPEC, Name: 'nightly' })).rejects.toThrow(advice);
});
