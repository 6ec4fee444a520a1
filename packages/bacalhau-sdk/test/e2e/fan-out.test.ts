import { getEventListeners } from 'node:events';
import { RequestAbortedError } from '../../src/errors/call-errors.js';
import type { RequestEvent } from '../../src/http/events.js';
import type { Job } from '../../src/index.js';
import type { JobExitError } from '../../src/outcome/job-exit-error.js';
import type { MapItem } from '../../src/runs/options.js';
import { collect, freshName, networkClient } from '../support/network.js';
import { testWith } from '../support/requirements.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

jest.setTimeout(60_000);

const namespace = freshName('fan-out');
const requests: RequestEvent[] = [];
const bacalhau = networkClient({ namespace, onRequest: (request) => requests.push(request) });
const { jobs } = bacalhau;

const spoken = (input: string): Promise<Job> => printingJob(input, { exitCode: input.startsWith('bad') ? 3 : 0 });
const by = <T>(items: readonly MapItem<T>[]): MapItem<T>[] => [...items].sort((one, other) => one.index - other.index);
const jobsOf = (name: string): Promise<Job[]> => collect(jobs.list({ labels: [`bacalhau-sdk/map=${name}`] }));
const outcomes = (items: readonly MapItem<string>[]) =>
  by(items).map((item) => [item.input, item.status === 'fulfilled' ? item.value.stdout : (item.error as Error).name]);

test('each input gets its own job, and a failed one does not stop the others', async () => {
  const items = await collect(jobs.map(['one', 'bad', 'two', 'one'], spoken));
  expect(outcomes(items)).toEqual([
    ['one', 'one'],
    ['bad', 'JobExitError'],
    ['two', 'two'],
    ['one', 'one'],
  ]);
  // The same input twice is two jobs.
  const ids = items.map((item) => (item.status === 'fulfilled' ? item.value.jobId : ''));
  expect(new Set(ids).size).toBe(4);
});

test('listeners get the index and the input of each job, and one that throws rejects its item', async () => {
  const heard: string[] = [];
  const updated = new Set<string>();
  const items = await collect(
    jobs.map(['one', 'two', 'three'], spoken, {
      onUpdate: (job, { index, input }) => updated.add(`${index} ${input} ${job.State?.StateType}`),
      onLog: ({ text }, { index, input }) => {
        heard.push(`${index} ${input} ${text}`);
        if (input === 'two') throw new Error('my own mistake');
      },
    }),
  );
  expect(heard.sort()).toEqual(['0 one one', '1 two two', '2 three three']);
  expect([...updated]).toEqual(expect.arrayContaining(['0 one Completed', '1 two Completed', '2 three Completed']));
  expect(outcomes(items)).toEqual([
    ['one', 'one'],
    ['two', 'Error'],
    ['three', 'three'],
  ]);
});

test('an input that cannot become a job is a rejected item', async () => {
  const toSpec = (input: string): Job | Promise<Job> => {
    if (input === 'throws') throw new Error('no such file');
    if (input === 'invalid') return { Type: 'batch', Tasks: [] };
    return spoken(input);
  };
  const [good, thrown, invalid, elsewhere] = by(
    await collect(
      jobs.map(['good', 'throws', 'invalid', 'elsewhere'], async (input) => ({
        ...(await toSpec(input)),
        ...(input === 'elsewhere' && { Namespace: 'other' }),
      })),
    ),
  );
  expect(good).toMatchObject({ status: 'fulfilled' });
  expect(thrown).toMatchObject({ status: 'rejected', error: { message: 'no such file' } });
  expect(invalid).toMatchObject({ status: 'rejected', error: { name: 'InvalidJobError', field: 'Job.Tasks' } });
  expect(elsewhere).toMatchObject({ status: 'rejected', error: { field: 'Job.Namespace' } });
});

testWith(['map'], 'a second fan-out with the same name submits only new inputs and resumes the others', async () => {
  const name = freshName('again');
  const first = await collect(jobs.map(['a', 'b', 'bad', 'b'], spoken, { name }));
  requests.length = 0;
  const second = await collect(jobs.map(['new', 'b', 'bad', 'a', 'b'], spoken, { name }));
  expect(requests.filter(({ operation }) => operation === 'jobs.put')).toHaveLength(1);
  expect(outcomes(second)).toEqual([
    ['new', 'new'],
    ['b', 'b'],
    ['bad', 'JobExitError'],
    ['a', 'a'],
    ['b', 'b'],
  ]);
  const idOf = (items: typeof first, input: string) =>
    items
      .filter((item) => item.input === input)
      .map((item) => (item.status === 'fulfilled' ? item.value.jobId : (item.error as JobExitError).jobId))
      .sort();
  for (const input of ['a', 'b', 'bad']) expect(idOf(second, input)).toEqual(idOf(first, input));
  expect(await jobsOf(name)).toHaveLength(5);
});

test('failed items get another job only with retryFailed', async () => {
  const name = freshName('retry');
  const options = { name };
  await collect(jobs.map(['fine', 'bad'], spoken, options));
  await collect(jobs.map(['fine', 'bad'], spoken, options));
  expect(await jobsOf(name)).toHaveLength(2);
  const again = await collect(jobs.map(['fine', 'bad'], spoken, { ...options, retryFailed: true }));
  expect(outcomes(again)).toEqual([
    ['fine', 'fine'],
    ['bad', 'JobExitError'],
  ]);
  const names = (await jobsOf(name)).map(({ Name }) => Name);
  expect(names).toHaveLength(3);
  expect(names.filter((jobName) => jobName?.endsWith('-retry1'))).toHaveLength(1);
  expect((await jobsOf(name)).every(({ Version = 0 }) => Version <= 1)).toBe(true);
});

test('no more than concurrency jobs run at once, and a slow consumer applies backpressure', async () => {
  let taken = 0;
  let asked = 0;
  const inputs = (function* () {
    for (; asked < 12; ) yield `n${asked++}`;
  })();
  for await (const { status } of jobs.map(inputs, spoken, { concurrency: 3, output: 'beginning' })) {
    expect(status).toBe('fulfilled');
    // Time in which too many inputs could be read.
    await jobs.list();
    expect(asked).toBeLessThanOrEqual(taken + 3);
    taken += 1;
  }
  expect(taken).toBe(12);
});

test('items arrive as their jobs end, even while the source is waiting', async () => {
  let release = (): void => {};
  const later = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* inputs() {
    yield 'first';
    await later;
    yield 'second';
  }
  const order: string[] = [];
  for await (const { input } of jobs.map(inputs(), spoken)) {
    order.push(input);
    release();
  }
  expect(order).toEqual(['first', 'second']);
});

test('a source that throws ends the loop with its error and stops the jobs', async () => {
  const name = freshName('broken');
  const spec = await endlessJob();
  async function* inputs() {
    yield 1;
    while ((await jobsOf(name)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error('the list cannot be read any further');
  }
  await expect(collect(jobs.map(inputs(), () => spec, { name }))).rejects.toThrow(
    'the list cannot be read any further',
  );
  expect((await jobsOf(name)).map(({ State }) => State?.StateType)).toEqual(['Stopped']);
});

describe('leaving the loop', () => {
  const slow = async (): Promise<Job> => endlessJob();

  testWith(
    ['map'],
    'by an abort stops running jobs and gives the reason, and a later fan-out runs these jobs again',
    async () => {
      const name = freshName('abort');
      const controller = new AbortController();
      const inputs = ['quick', 'slow'];
      const toSpec = (input: string) => (input === 'quick' ? spoken(input) : slow());
      const seen: string[] = [];
      const loop = async () => {
        for await (const { input } of jobs.map(inputs, toSpec, { name, signal: controller.signal })) {
          seen.push(input);
          controller.abort(new Error('enough'));
        }
      };
      const error = await loop().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(RequestAbortedError);
      expect(error).toMatchObject({ cause: { message: 'enough' } });
      expect(seen).toEqual(['quick']);
      expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
      const states = async () => (await jobsOf(name)).map(({ State }) => State?.StateType).sort();
      expect(await states()).toEqual(['Completed', 'Stopped']);
    },
  );

  test('stops the jobs even if closing the source throws', async () => {
    const name = freshName('stuck');
    const controller = new AbortController();
    const source: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw new Error('not now');
        },
      }),
    };
    const options = { name, concurrency: 1, signal: controller.signal, onUpdate: () => controller.abort() };
    await expect(collect(jobs.map(source, slow, options))).rejects.toBeInstanceOf(RequestAbortedError);
    expect((await jobsOf(name)).map(({ State }) => State?.StateType)).toEqual(['Stopped']);
  });

  test('does not wait for a toSpec that never resolves', async () => {
    const toSpec = (input: string) => (input === 'quick' ? spoken(input) : new Promise<Job>(() => {}));
    for await (const { input } of jobs.map(['quick', 'never'], toSpec)) {
      expect(input).toBe('quick');
      break;
    }
  });

  test('by closing the client rejects with that reason', async () => {
    const other = bacalhau.withOptions({ logLevel: 'off' });
    const options = { onUpdate: () => void other.close() };
    const name = freshName('closed');
    const error = await collect(other.jobs.map([1], slow, { ...options, name })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(String(error)).toContain('the client was closed');
    for (const { ID = '' } of await jobsOf(name)) await bacalhau.jobs.handle(ID).stop();
  });

  test('keeps the jobs running with stopOnAbort: false', async () => {
    const name = freshName('left');
    const inputs = ['quick', 'slow'];
    const toSpec = (input: string) => (input === 'quick' ? spoken(input) : slow());
    for await (const _ of jobs.map(inputs, toSpec, { name, stopOnAbort: false })) {
      while ((await jobsOf(name)).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      break;
    }
    const left = (await jobsOf(name)).filter(({ State }) => State?.StateType !== 'Completed');
    expect(left).toHaveLength(1);
    await bacalhau.jobs.handle(left[0]?.ID ?? '').stop();
  });
});

test.each([
  ['name', { name: 'with space' }],
  ['name', { name: 'x'.repeat(41) }],
  ['name', { name: '-x' }],
  ['concurrency', { concurrency: 0 }],
  ['concurrency', { concurrency: 1.5 }],
  ['name', { name: 123 }],
  ['output', { output: 'none' }],
  ['timeoutMs', { timeoutMs: -1 }],
  ['unreachableAfterMs', { unreachableAfterMs: Number.NaN }],
])('an invalid %s is refused before anything is sent', async (argument, options) => {
  requests.length = 0;
  // @ts-expect-error: what plain JavaScript can do
  await expect(collect(jobs.map(['a'], spoken, options))).rejects.toMatchObject({
    name: 'InvalidArgumentError',
    argument,
  });
  expect(requests).toEqual([]);
});

test.each([undefined, null, 5, {}])('inputs that are %p are refused', async (inputs) => {
  // @ts-expect-error: what plain JavaScript can do
  await expect(collect(jobs.map(inputs, spoken))).rejects.toMatchObject({ argument: 'inputs' });
});

test('toSpec must be a function, and a string is iterated by character', async () => {
  // @ts-expect-error: what plain JavaScript can do
  await expect(collect(jobs.map(['a'], spoken('a')))).rejects.toMatchObject({ argument: 'toSpec' });
  const toSpec = () => {
    throw new Error('none');
  };
  expect((await collect(jobs.map('ab', toSpec))).map(({ input }) => input).sort()).toEqual(['a', 'b']);
});

test('an unreachable server is an error at once', async () => {
  const nobody = bacalhau.withOptions({ baseUrl: 'http://127.0.0.1:9', maxRetries: 0, logLevel: 'off' });
  await expect(collect(nobody.jobs.map(['a'], spoken))).rejects.toMatchObject({ name: 'ConnectionError' });
});
