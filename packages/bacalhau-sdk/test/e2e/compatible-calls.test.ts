import { join } from 'node:path';
import { wasm } from '../../src/builders/wasm.js';
import { ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, networkClient } from '../support/network.js';
import { testWith } from '../support/requirements.js';
import { moduleOf, printingJob, sleepingJob } from '../support/wasm-jobs.js';

/** Calls that are the same to users, and not to servers: each of these differed on 1.4.0 or 1.6.0. */
const bacalhau = networkClient({ namespace: 'compatible-calls' });
const { jobs, nodes } = bacalhau;
const directory = keyDirectory();
const JOB = 'j-00000000-0000-4000-8000-000000000000';
const EXECUTION = 'e-00000000-0000-4000-8000-000000000000';
const NODE = 'n-00000000-0000-4000-8000-000000000000';

describe('what is not there is a NotFoundError', () => {
  const calls = (id: string): [string, () => PromiseLike<unknown>][] => [
    ['get', () => jobs.get(id)],
    ['get with its lists', () => jobs.get(id, { include: ['executions', 'history'] })],
    ['executions', () => jobs.executions(id)],
    ['history', () => jobs.history(id)],
    ['followed history', () => collect(jobs.history(id, { follow: true }))],
    ['results', () => jobs.results(id)],
    ['stop', () => jobs.stop(id)],
    ['wait', () => jobs.handle(id).wait()],
    ['logs', () => collect(jobs.handle(id).logs())],
    ['typed results', () => jobs.handle(id).typedResults()],
  ];
  test.each([...calls(JOB), ...calls('j-00000000'), ...calls('no-job-of-this-name')])(
    'job: %s',
    async (_name, call) => {
      await expect(Promise.resolve(call())).rejects.toBeInstanceOf(NotFoundError);
    },
  );

  test.each<[string, () => PromiseLike<unknown>]>([
    ['get', () => nodes.get(NODE)],
    ['approve', () => nodes.approve(NODE)],
    ['reject', () => nodes.reject(NODE)],
    ['delete', () => nodes.delete(NODE)],
  ])('node: %s', async (_name, call) => {
    await expect(Promise.resolve(call())).rejects.toBeInstanceOf(NotFoundError);
  });

  test('execution: history', async () => {
    const job = await jobs.submit(await printingJob('x'));
    await job.wait();
    await expect(Promise.resolve(job.history({ executionId: EXECUTION }))).rejects.toBeInstanceOf(NotFoundError);
  });
});

testWith(['own-network'], 'the approval of an approved node is a conflict', async () => {
  const [node] = (await nodes.list({ approval: 'approved' })).items;
  await expect(nodes.approve(node?.Info.NodeID ?? '')).rejects.toBeInstanceOf(ConflictError);
});

for (const orderBy of ['created_at', 'modified_at'] as const) {
  testWith(['two-nodes'], `executions are ordered by ${orderBy}`, async () => {
    const job = await jobs.submit(await printingJob('x', { Count: 2 }));
    await job.wait();
    const ids = (await job.executions({ orderBy, limit: 0 })).items.map(({ ID }) => ID);
    const reversed = (await job.executions({ orderBy, limit: 0, reverse: true })).items.map(({ ID }) => ID);
    expect(ids.length).toBeGreaterThan(1);
    expect(reversed).toEqual([...ids].reverse());
  });
}

test('a followed history goes on until the job has ended, and has each event once', async () => {
  const job = await jobs.submit(await sleepingJob(2));
  const followed = await collect(job.history({ eventType: 'all', follow: true }));
  expect((await job.refresh()).State?.StateType).toBe('Completed');
  const whole = await collect(job.history({ eventType: 'all' }));
  const inOrder = (events: readonly object[]): string[] => events.map((event) => JSON.stringify(event)).sort();
  expect(inOrder(followed)).toEqual(inOrder(whole));
});

test('the exit code of a program that set none is 0, from run and from its result', async () => {
  const result = await jobs.run(wasm({ module: await moduleOf('done', undefined), publisher: { Type: 'local' } }));
  expect(result).toMatchObject({ exitCode: 0, executions: [{ exitCode: 0 }] });
  const { results } = await jobs.handle(result.jobId).download(join(directory, 'results'), { overwrite: true });
  expect(results).toMatchObject([{ exitCode: 0 }]);
}, 60_000);
