import { BadRequestError, ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import { ExecutionDesiredStateType, ExecutionStateType } from '../../src/index.js';
import { collect, ended, freshName, networkClient, onlyExecution } from '../support/network.js';
import { testWhere, testWith } from '../support/requirements.js';
import { has, serverVersion } from '../support/server.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

const bacalhau = networkClient();
const { jobs } = bacalhau;

describe('the seven calls, with a WebAssembly job that ran', () => {
  let jobId: string;

  beforeAll(async () => {
    const answer = await jobs.put({ Job: await printingJob('hello', { Labels: { sdk: 'test' } }) });
    expect(answer).toEqual({
      JobID: expect.stringMatching(/^j-[0-9a-f-]{36}$/),
      EvaluationID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Warnings: null,
    });
    jobId = answer.JobID;
    expect((await ended(bacalhau, jobId)).State?.StateType).toBe('Completed');
  });

  test('get gives the job, and what it was asked to include', async () => {
    const plain = await jobs.get(jobId);
    expect(plain.Job).toMatchObject({ ID: jobId, Namespace: 'default', Labels: { sdk: 'test' } });
    expect(plain.Job.Version).toBe(has('versions') ? 1 : 0);
    expect(plain).not.toHaveProperty('Executions');
    const full = await jobs.get(jobId, { include: ['executions', 'history'] });
    expect(full.Executions?.Items).toHaveLength(1);
    expect(full.History?.Items?.length).toBeGreaterThan(3);
    expect((await jobs.get(jobId, { include: 'history' })).Executions).toBeUndefined();
  });

  test('a job is found by the beginning of its id as well', async () => {
    expect((await jobs.get(jobId.slice(0, 12))).Job?.ID).toBe(jobId);
  });

  testWith(['name-lookup'], 'a job is found by name', async () => {
    const { Job: job } = await jobs.get(jobId);
    expect((await jobs.get(job?.Name ?? '')).Job?.ID).toBe(jobId);
  });

  testWhere(['name-lookup', 'no'], 'a name is not found, and the error says to pass the id', async () => {
    const { Job: job } = await jobs.get(jobId);
    const failure = jobs.get(job?.Name ?? '');
    await expect(failure).rejects.toBeInstanceOf(NotFoundError);
    await expect(failure).rejects.toThrow(
      `This server, v${serverVersion}, finds jobs by their ids only. Pass the id, or use a server from 1.8.0 on.`,
    );
  });

  test('executions tell state, node, exit code and output', async () => {
    const execution = await onlyExecution(bacalhau, jobId);
    expect(execution).toMatchObject({
      JobID: jobId,
      ComputeState: { StateType: has('execution-states') ? ExecutionStateType.Completed : 7 },
      DesiredState: { StateType: ExecutionDesiredStateType.Stopped },
      RunOutput: { Stdout: 'hello', stderr: '', ExitCode: 0 },
    });
    const page = await jobs.executions(jobId, { orderBy: 'modified_at', reverse: true, allJobVersions: true });
    expect(page.items.map(({ ID }) => ID)).toEqual([execution.ID]);
    expect(page.hasNextPage()).toBe(false);
  });

  testWith(['execution-states'], 'states of executions have the numbers of the enumeration', async () => {
    expect((await onlyExecution(bacalhau, jobId)).ComputeState.StateType).toBe(ExecutionStateType.Completed);
  });

  testWhere(['execution-states', 'no'], 'a completed execution has the number of another state', async () => {
    expect((await onlyExecution(bacalhau, jobId)).ComputeState.StateType).toBe(ExecutionStateType.Publishing);
  });

  test('results tell where the output is', async () => {
    const { items, nextToken } = await jobs.results(jobId);
    expect(items).toEqual([{ Type: 'urlDownload', Params: { URL: expect.stringMatching(/^http:.*\.tar\.gz$/) } }]);
    expect(nextToken).toBe('');
  });

  test('history tells the events of executions unless asked otherwise', async () => {
    const types = async (eventType?: 'all' | 'job' | 'execution') =>
      new Set((await jobs.history(jobId, { eventType })).items.map(({ Type }) => Type));
    expect(await types()).toEqual(new Set(['ExecutionLevel']));
    expect(await types('job')).toEqual(new Set(['JobLevel']));
    expect(await types('all')).toEqual(new Set(['JobLevel', 'ExecutionLevel']));
  });

  testWith(['history-filters'], 'history can be narrowed to an execution, a node and a time', async () => {
    const { ID, NodeID } = await onlyExecution(bacalhau, jobId);
    const all = (await jobs.history(jobId)).items;
    expect((await jobs.history(jobId, { executionId: ID })).items).toEqual(all);
    expect((await jobs.history(jobId, { nodeId: NodeID })).items).toEqual(all);
    expect((await jobs.history(jobId, { nodeId: 'n-other' })).items).toEqual([]);
    expect((await jobs.history(jobId, { since: new Date(Date.now() + 60_000) })).items).toEqual([]);
    expect((await jobs.history(jobId, { since: new Date(Date.now() - 3_600_000) })).items).toEqual(all);
  });

  testWhere(['history-pages', 'no'], 'a history comes whole, whatever the limit', async () => {
    const page = await jobs.history(jobId, { eventType: 'all', limit: 2 });
    expect(page.items.length).toBeGreaterThan(2);
    expect(page.nextToken).toBe('');
  });

  testWith(
    ['history-pages'],
    'a history is walked through page by page, each of the size that was asked for',
    async () => {
      const all = (await jobs.history(jobId, { eventType: 'all' })).items.map(({ SeqNum }) => SeqNum);
      const sizes: number[] = [];
      let page = await jobs.history(jobId, { eventType: 'all', limit: 2 });
      const seen = page.items.map(({ SeqNum }) => SeqNum);
      while (page.hasNextPage()) {
        page = await page.getNextPage();
        sizes.push(page.items.length);
        seen.push(...page.items.map(({ SeqNum }) => SeqNum));
      }
      expect(seen).toEqual(all);
      expect(Math.max(...sizes)).toBe(2);
      expect(() => page.getNextPage()).toThrow(/no next page.*hasNextPage/);
    },
  );

  test('a raw response brings status, headers and the server’s version', async () => {
    const { data, response } = await jobs.get(jobId).withResponse();
    expect(data.Job?.ID).toBe(jobId);
    expect(response).toMatchObject({ status: 200, attempts: 1, serverVersion: `v${serverVersion}` });
    expect(response.headers['content-type']).toMatch('application/json');
    expect((await jobs.list().withResponse()).data.items.length).toBeGreaterThan(0);
  });

  test('stopping what has ended is a conflict', async () => {
    const error = await jobs.stop(jobId, 'too late').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({
      status: 500,
      operation: 'jobs.stop',
      message: expect.stringMatching(/cannot stop job in state Completed/),
    });
  });

  testWhere(['put-again', 'a conflict'], 'so is submitting the same job again', async () => {
    const { Job: job } = await jobs.get(jobId);
    if (job === undefined) throw new Error('no job');
    const { Name, Type, Count, Tasks, Labels } = job;
    const again = { Job: { ...(Name && { Name }), Type, ...(Count && { Count }), Tasks, ...(Labels && { Labels }) } };
    await expect(jobs.put(again)).rejects.toThrow(ConflictError);
  });

  testWhere(['put-again', 'another job'], 'putting the same job again makes another job', async () => {
    const { Job: job } = await jobs.get(jobId);
    const { Name, Type, Count, Tasks, Labels } = job;
    const again = { Job: { ...(Name && { Name }), Type, ...(Count && { Count }), Tasks, ...(Labels && { Labels }) } };
    expect((await jobs.put(again)).JobID).not.toBe(jobId);
  });
});

describe('a job that would run for ever', () => {
  const stopped = async () => {
    const { JobID } = await jobs.put({ Job: await endlessJob() });
    await jobs.stop(JobID, 'no longer needed');
    return { JobID, state: (await ended(bacalhau, JobID)).State };
  };

  test('is stopped; stopping it again is no error', async () => {
    const { JobID, state } = await stopped();
    expect(state?.StateType).toBe('Stopped');
    await expect(jobs.stop(JobID)).resolves.toEqual({ EvaluationID: '' });
  });

  testWith(['stop-reason'], 'has the reason of a stop in its state', async () => {
    expect((await stopped()).state?.Message).toBe('no longer needed');
  });

  testWhere(['stop-reason', 'in the history only'], 'has the reason of a stop in its history', async () => {
    const { JobID, state } = await stopped();
    expect(state?.Message).toBe('Job requested to stop before completion');
    const { items } = await jobs.history(JobID, { eventType: 'job' });
    expect(items.at(-1)?.Event.Details?.['Reason']).toBe('no longer needed');
  });

  testWith(['history-pages'], 'has a history that ends for now, with a token to go on later', async () => {
    const { JobID } = await jobs.put({ Job: await endlessJob() });
    const seen: string[] = [];
    for await (const { Event } of jobs.history(JobID, { eventType: 'job' })) seen.push(Event.Message);
    expect(seen).toContain('Job submitted');
    let last = await jobs.history(JobID, { eventType: 'job' });
    while (last.hasNextPage()) last = await last.getNextPage();
    expect(last.nextToken).not.toBe('');
    await jobs.stop(JobID, 'enough');
    await ended(bacalhau, JobID);
    const since = await jobs.history(JobID, { eventType: 'job', nextToken: last.nextToken });
    expect(since.items.at(-1)?.Event.Details?.['Reason']).toBe('enough');
  });
});

test('a failing program is still Completed: its exit code tells', async () => {
  const { JobID } = await jobs.put({ Job: await printingJob('oops', { exitCode: 3 }) });
  expect((await ended(bacalhau, JobID)).State?.StateType).toBe('Completed');
  expect((await onlyExecution(bacalhau, JobID)).RunOutput).toMatchObject({ ExitCode: 3, Stdout: 'oops' });
});

test('a job with an engine that no node has fails, and its history tells why', async () => {
  const Job = {
    Name: freshName('cobol'),
    Type: 'batch',
    Count: 1,
    Tasks: [{ Name: 'main', Engine: { Type: 'cobol' } }],
  };
  const { JobID } = await jobs.put({ Job });
  expect((await ended(bacalhau, JobID)).State?.StateType).toBe('Failed');
  const events = (await jobs.history(JobID, { eventType: 'all' })).items.map(({ Event }) => Event.Message);
  expect(events.join('\n')).toMatch(/cobol/);
});

describe('listing', () => {
  const label = freshName('walk');
  const namespace = freshName('ns');
  const other = bacalhau.withOptions({ namespace });
  const names: string[] = [];

  beforeAll(async () => {
    for (let index = 0; index < 5; index++) {
      const job = await printingJob('x', { Labels: { walk: label } });
      names.push(job.Name ?? '');
      await other.jobs.put({ Job: job });
    }
    const job = await printingJob('x', { Labels: { walk: label } });
    await jobs.put({ Job: job });
  });

  const namesOf = async (list: AsyncIterable<{ Name?: string }>) => (await collect(list)).map(({ Name }) => Name);

  test('walks through all pages with the filters of the first', async () => {
    expect(await namesOf(other.jobs.list({ limit: 2, labels: [`walk=${label}`] }))).toEqual(names);
    expect(await namesOf(other.jobs.list({ limit: 2, reverse: true, labels: ['walk'] }))).toEqual([...names].reverse());
  });

  test('gives five a page and knows whether there are more', async () => {
    const page = await jobs.list({ labels: [`walk in (${label})`] });
    expect(page.items).toHaveLength(5);
    expect(page.hasNextPage()).toBe(true);
    const next = await page.getNextPage();
    expect(next.items).toHaveLength(1);
    expect(next.hasNextPage()).toBe(false);
    expect(JSON.parse(JSON.stringify(next))).toEqual({ items: next.items, nextToken: '' });
  });

  test('selects by state, through pages in which no job matches', async () => {
    const label = freshName('states');
    const labels = [`states=${label}`];
    const done = await printingJob('x', { Labels: { states: label } });
    await Promise.all([1, 2].map(() => jobs.run({ ...done, Name: freshName('done') })));
    const running = await jobs.submit({ ...(await endlessJob()), Labels: { states: label } });
    try {
      const ids = async (list: AsyncIterable<{ ID?: string }>) => (await collect(list)).map(({ ID }) => ID);
      expect(await ids(jobs.list({ limit: 1, labels, states: ['Pending', 'Queued', 'Running'] }))).toEqual([
        running.id,
      ]);
      expect((await jobs.list({ labels, states: ['Completed'] })).items).toHaveLength(2);
      const page = await jobs.list({ limit: 1, labels, states: ['Pending', 'Queued', 'Running'] });
      expect(page.items).toEqual([]);
      expect(page.hasNextPage()).toBe(true);
    } finally {
      await running.stop();
    }
    await running.wait();
    expect((await jobs.list({ labels, states: ['Stopped'] })).items.map(({ ID }) => ID)).toEqual([running.id]);
  }, 60_000);

  test('looks at all namespaces, or at the one of the call, or at the client’s', async () => {
    const count = async (list: AsyncIterable<unknown>) => (await collect(list)).length;
    expect(await count(jobs.list({ labels: [`walk=${label}`] }))).toBe(6);
    expect(await count(jobs.list({ labels: [`walk=${label}`], namespace: 'default' }))).toBe(1);
    expect(await count(other.jobs.list({ labels: [`walk=${label}`] }))).toBe(5);
    expect(await count(other.jobs.list({ labels: [`walk=${label}`], namespace: '*' }))).toBe(6);
  });

  test('the client’s namespace goes into what is put', async () => {
    expect((await collect(other.jobs.list({ labels: [`walk=${label}`] })))[0]?.Namespace).toBe(namespace);
  });

  testWith(['name-lookup'], 'a name is looked up in the client’s namespace, or in that of the call', async () => {
    expect((await other.jobs.get(names[0] ?? '')).Job?.Namespace).toBe(namespace);
    await expect(jobs.get(names[0] ?? '')).rejects.toThrow(NotFoundError);
    expect((await jobs.get(names[0] ?? '', { namespace })).Job?.Namespace).toBe(namespace);
  });
});

describe('what the server refuses', () => {
  test.each<[string, () => PromiseLike<unknown>]>([
    ['get', () => jobs.get('j-nope')],
    ['stop', () => jobs.stop('j-nope')],
    ['results', () => jobs.results('j-nope')],
    ['history', () => jobs.history('j-nope')],
    ['executions', () => jobs.executions('j-nope')],
  ])('an unknown job (%s)', async (name, call) => {
    const error = await Promise.resolve(call()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      operation: `jobs.${name}`,
      message: expect.stringMatching(/j-nope/),
      ...(has('error-codes') && {
        status: 404,
        code: 'NotFound',
        component: 'JobStore',
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
        message: expect.stringContaining('job not found: j-nope'),
      }),
    });
  });

  const nowhere = 'j-00000000-0000-4000-8000-000000000000';
  test.each<[string, () => PromiseLike<unknown>]>([
    ['get', () => jobs.get(nowhere)],
    ['stop', () => jobs.stop(nowhere)],
    ['results', () => jobs.results(nowhere)],
    ['history', () => jobs.history(nowhere)],
    ['executions', () => jobs.executions(nowhere)],
  ])('an unknown job with a full id (%s)', async (_, call) => {
    await expect(Promise.resolve(call())).rejects.toBeInstanceOf(NotFoundError);
  });

  testWith(['error-codes'], 'an unknown job, with a code and a component', async () => {
    await expect(jobs.get('j-nope')).rejects.toMatchObject({ code: 'NotFound', component: 'JobStore' });
  });

  testWhere(['error-codes', 'no'], 'an unknown job, with a message alone', async () => {
    await expect(jobs.get('j-nope')).rejects.toMatchObject({ status: 500, code: undefined, component: undefined });
  });

  test('a malformed job, which is not even sent, naming all that is wrong with it', async () => {
    const Job = { Type: 'bash', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'docker' } }] };
    const error = await Promise.resolve(jobs.put({ Job })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidJobError);
    expect(error).toMatchObject({ field: 'Job.Type', message: expect.stringContaining('Params.Image is missing') });
  });

  test('a bad label selector', async () => {
    await expect(jobs.list({ labels: ['!!'] })).rejects.toThrow(BadRequestError);
  });
});
