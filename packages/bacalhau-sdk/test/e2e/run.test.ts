import { inspect } from 'node:util';
import { docker } from '../../src/builders/docker.js';
import { publishers } from '../../src/builders/publishers.js';
import { wasm } from '../../src/builders/wasm.js';
import { NotFoundError } from '../../src/errors/api-errors.js';
import { RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { JobFailedError, JobStoppedError } from '../../src/errors/job-errors.js';
import type { Job } from '../../src/index.js';
import type { LogEntry } from '../../src/logs/options.js';
import { JobExitError } from '../../src/outcome/job-exit-error.js';
import { collect, freshName, networkClient } from '../support/network.js';
import { describeWith, testWhere, testWith } from '../support/requirements.js';
import { endlessJob, moduleOf, printingJob } from '../support/wasm-jobs.js';

const requests: string[] = [];
const bacalhau = networkClient({ onRequest: ({ operation }) => requests.push(operation) });
const { jobs } = bacalhau;
/** Small enough to run beside the jobs of other tests. */
const small = { resources: { cpu: '10m', memory: '32MB' }, timeouts: { queueSeconds: 60 } };

describeWith(['run'], 'a WebAssembly job', () => {
  const piece = 'x'.repeat(2_000);

  test('that succeeds returns its whole output, read from an added publisher', async () => {
    const result = await jobs.run(wasm({ ...small, module: await moduleOf(piece, 0, { times: 10 }) }));
    expect(result).toMatchObject({
      ...{ exitCode: 0, stdout: piece.repeat(10), stderr: '', outputComplete: true, addedPublisher: 'local' },
      ...{ jobId: result.job.ID, namespace: 'default' },
    });
    expect(result.executions).toHaveLength(1);
    expect(result.typedResults).toHaveLength(1);
    expect(result.job.State?.StateType).toBe('Completed');
  });

  test('whose output the server truncates has outputComplete false', async () => {
    const result = await jobs.run(wasm({ ...small, module: await moduleOf(piece.repeat(5), 0) }));
    expect(result.stdout.length).toBeLessThan(piece.length * 5);
    expect(result.outputComplete).toBe(false);
  });

  test('without a publisher returns the truncated copy, with outputComplete false', async () => {
    const spec = wasm({ ...small, module: await moduleOf(piece, 0, { times: 10 }) });
    const result = await jobs.run(spec, { addPublisher: false });
    expect(result).toMatchObject({ outputComplete: false, addedPublisher: undefined, typedResults: [] });
    expect(result.stdout.length).toBeLessThanOrEqual(2_048);
  });

  test('that fails rejects with its exit code and its whole result', async () => {
    const error = await jobs.run(await printingJob('oops', { exitCode: 3 })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobExitError);
    expect(error).toMatchObject({ exitCode: 3, result: { stdout: 'oops', outputComplete: true } });
    // Uncaught, it would print the whole job otherwise.
    expect(
      inspect(error)
        .split('\n')
        .filter((line) => !/^\s+at /.test(line)).length,
    ).toBeLessThan(10);
    const result = await jobs.run(await printingJob('oops', { exitCode: 3 }), { throwOnNonZeroExit: false });
    expect(result.exitCode).toBe(3);
  });

  test('that sets no exit code succeeds', async () => {
    const silent = await moduleOf('done', undefined);
    const result = await jobs.run(wasm({ ...small, module: silent }));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done', executions: [{ exitCode: 0 }] });
    expect(result.executions[0]?.execution.RunOutput?.ExitCode).toBe(-1);
  });

  testWith(['two-nodes'], 'on two nodes returns both outputs in a fixed order', async () => {
    const { executions, stdout } = await jobs.run(await printingJob('twice ', { Count: 2 }));
    expect(stdout).toBe('twice twice ');
    const nodes = executions.map(({ nodeId }) => nodeId);
    expect(nodes).toEqual([...nodes].sort());
    expect(new Set(nodes).size).toBe(2);
  });
});

describe('a job that does not complete', () => {
  test('because no node can run it rejects with the cause', async () => {
    const Job = {
      Name: freshName('cobol'),
      Type: 'batch',
      Count: 1,
      Tasks: [{ Name: 'main', Engine: { Type: 'cobol' } }],
    };
    const error = await jobs.run(Job).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobFailedError);
    expect(String(error)).toMatch(/cobol/);
  });

  test('because its module lacks the entry point rejects with the cause', async () => {
    const module = await moduleOf('x', 0);
    const error = await jobs.run(wasm({ module, entrypoint: 'no_such_function' })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobFailedError);
    expect(String(error)).toMatch(/no_such_function/);
  });

  test('because it was stopped rejects with the reason', async () => {
    const spec = await endlessJob();
    const running = jobs.run(spec, {
      onUpdate: ({ ID = '', State }) => {
        if (State?.StateType === 'Running') void jobs.stop(ID, 'enough of this');
      },
    });
    const error = await running.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobStoppedError);
    expect(error).toMatchObject({ reason: 'enough of this' });
  });

  test.each([true, false])('run: an abort with stopOnAbort %p says what happened to the job', async (stopOnAbort) => {
    const spec = await endlessJob();
    const controller = new AbortController();
    const running = jobs.run(spec, { signal: controller.signal, stopOnAbort, onUpdate: () => controller.abort() });
    const error = await running.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ operation: 'jobs.run', jobId: expect.stringMatching(/^j-/) });
    const handle = jobs.handle(String(Reflect.get(Object(error), 'jobId')));
    const job = await handle.refresh();
    expect(job.Name).toBe(spec.Name);
    expect(String(error)).toContain(stopOnAbort ? 'The job was stopped.' : 'The job goes on.');
    expect(job.State?.StateType === 'Stopped').toBe(stopOnAbort);
    await handle.stop();
  });

  test.each([true, false])(
    'run: a timeout with stopOnAbort %p treats the job as an abort does',
    async (stopOnAbort) => {
      const spec = await endlessJob();
      const error = await jobs.run(spec, { timeoutMs: 3_000, stopOnAbort }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(RequestTimeoutError);
      const jobId = expect.stringMatching(/^j-/);
      expect(error).toMatchObject({ operation: 'jobs.run', timeoutMs: 3_000, jobId });
      const handle = jobs.handle(String(Reflect.get(Object(error), 'jobId')));
      const job = await handle.refresh();
      expect(job.Name).toBe(spec.Name);
      expect(String(error)).toMatch(/has not ended within 3000 ms; it is (Pending|Queued|Running)/);
      expect(String(error)).toContain(stopOnAbort ? 'The job was stopped.' : 'The job goes on.');
      expect(job.State?.StateType === 'Stopped').toBe(stopOnAbort);
      await handle.stop();
    },
  );

  test('result: a timeout does not stop the job', async () => {
    const job = await jobs.submit(await endlessJob());
    const error = await job.result({ timeoutMs: 500 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error).toMatchObject({ operation: 'job.result', jobId: job.id });
    expect((await job.refresh()).State?.StateType).not.toBe('Stopped');
    await job.stop();
  });

  test('result: the error of a failed job has its jobId', async () => {
    const { id } = await jobs.submit({ Type: 'batch', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'cobol' } }] });
    await expect(jobs.handle(id).result()).rejects.toMatchObject({ name: 'JobFailedError', jobId: id });
  });
});

test.each([true, false])(
  'run: a listener that throws ends it, and with stopOnAbort %p its job',
  async (stopOnAbort) => {
    const spec = await endlessJob();
    let id = '';
    const onUpdate = ({ ID = '' }: Job): void => {
      id = ID;
      throw new Error('my own mistake');
    };
    await expect(jobs.run(spec, { stopOnAbort, onUpdate })).rejects.toThrow('my own mistake');
    expect((await jobs.handle(id).refresh()).State?.StateType === 'Stopped').toBe(stopOnAbort);
    await jobs.handle(id).stop();
  },
);

testWith(['run'], 'run: onLog is called with the whole output', async () => {
  const entries: LogEntry[] = [];
  const result = await jobs.run(await printingJob('heard'), { onLog: (entry) => entries.push(entry) });
  const [{ executionId } = { executionId: '' }] = result.executions;
  expect(entries).toEqual([{ stream: 'stdout', text: 'heard', executionId }]);
  expect(result.stdout).toBe('heard');
});

describe('describe tells of a job', () => {
  const hasTime = expect.any(Number);

  test('that completed, with one request', async () => {
    const { jobId, executions } = await jobs.run(await printingJob('described'));
    const [{ executionId, nodeId } = { executionId: '', nodeId: '' }] = executions;
    requests.length = 0;
    const description = await jobs.handle(jobId).describe();
    expect(requests).toEqual(['jobs.get']);
    expect(description).toMatchObject({ id: jobId, state: 'Completed', queuedMs: hasTime, runningMs: hasTime });
    const result = { type: 'url', executionId, url: expect.stringContaining(executionId) };
    expect(description.executions).toEqual([
      {
        ...{ id: executionId, nodeId, state: 'completed', exitCode: 0, reason: undefined, result },
        ...{ createdAt: expect.any(Date), queuedMs: hasTime, runningMs: hasTime },
        ...{ stdout: expect.stringMatching(/^(described)?\n?$/), stderr: '' },
      },
    ]);
    expect(`${description}`).toContain(
      `Execution ${executionId} on node ${nodeId}\n  state      completed\n  exit code  0`,
    );
  });

  test('that failed, with the reason of its node', async () => {
    const spec = wasm({ module: await moduleOf('x', 0), entrypoint: 'no_such_function' });
    const { jobId = '' } = await jobs.run(spec).catch((error: JobFailedError) => error);
    const description = await jobs.handle(jobId).describe();
    expect(description).toMatchObject({ state: 'Failed', reason: expect.any(String) });
    const { executions } = description;
    expect(executions.length).toBeGreaterThan(0);
    for (const { state, reason, exitCode } of executions) {
      expect(['failed', 'rejected']).toContain(state);
      expect([reason, exitCode]).toEqual([expect.stringContaining('no_such_function'), undefined]);
    }
  });

  test('that runs, and was stopped', async () => {
    const job = await jobs.submit(await endlessJob());
    const isRunning = ({ State }: Job): boolean => State?.StateType === 'Running';
    while (!isRunning(await job.refresh())) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await job.describe()).toMatchObject({ state: 'Running', executions: [{ exitCode: undefined }] });
    await job.stop('enough of this');
    const stopped = await job.describe();
    expect(stopped).toMatchObject({ state: 'Stopped', reason: 'enough of this', queuedMs: hasTime });
    expect(stopped.executions).toMatchObject([{ state: 'cancelled', exitCode: undefined }]);
  });

  test('that no node can run', async () => {
    const { id } = await jobs.submit({ Type: 'batch', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'cobol' } }] });
    await jobs.handle(id).wait();
    const description = await jobs.handle(id).describe();
    expect(description).toMatchObject({ state: 'Failed', runningMs: undefined, executions: [] });
    expect(String(description.reason)).not.toBe('');
  });
});

test('result: a handle made from an id returns what run returned', async () => {
  const run = await jobs.run(await printingJob('the same'));
  const result = await jobs.handle(run.jobId).result();
  expect(result).toEqual({ ...run, attempts: 0, deduplicated: true, addedPublisher: undefined });
  expect((await jobs.results(run.jobId)).items).toHaveLength(1);
  expect(await jobs.typedResults(run.jobId)).toEqual(run.typedResults);
});

test.each([
  ['timeoutMs', { timeoutMs: -1 }],
  ['unreachableAfterMs', { unreachableAfterMs: Number.NaN }],
  ['output', { output: 'none' }],
  ['onUpdate', { onUpdate: 'log' }],
  ['onLog', { onLog: 'log' }],
  ['timoutMs', { timoutMs: 1_000 }],
])('run: an invalid %s is refused before a job is created', async (argument, options) => {
  const spec = await endlessJob();
  // @ts-expect-error: what plain JavaScript can do
  await expect(jobs.run(spec, options)).rejects.toMatchObject({ argument });
  await expect(bacalhau.jobs.handle(spec.Name ?? '').refresh()).rejects.toBeInstanceOf(NotFoundError);
  expect((await collect(jobs.list())).filter(({ Name }) => Name === spec.Name)).toEqual([]);
});

/** A node whose log of a container is missing says so after a minute, and the output then comes from elsewhere. */
const DOCKER_TIMEOUT_MS = 240_000;

describeWith(['docker'], 'a Docker job', () => {
  const image = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
  const shell = (script: string) =>
    docker({ timeouts: small.timeouts, image, entrypoint: ['sh', '-c'], parameters: [script] });

  testWith(
    ['docker-logs'],
    'is heard while it runs, and its result has what was heard',
    async () => {
      const heard: string[] = [];
      let state: string | undefined;
      let stateThen: string | undefined;
      const result = await jobs.run(shell('echo one; sleep 2; echo two; echo three >&2'), {
        onUpdate: ({ State }) => {
          state = State?.StateType;
        },
        onLog: ({ text }) => {
          stateThen ??= state;
          heard.push(text);
        },
      });
      expect(result).toMatchObject({ stdout: 'one\ntwo\n', stderr: 'three\n', outputComplete: true });
      expect(heard.join('')).toMatch(/^one\n(two\nthree\n|three\ntwo\n)$/);
      expect([stateThen, state]).toEqual(['Running', 'Completed']);
    },
    DOCKER_TIMEOUT_MS,
  );

  testWhere(
    ['ended-logs', 'complete'],
    'returns its whole output without a publisher, as docker run does',
    async () => {
      const result = await jobs.run(shell('seq 1 5000; echo done >&2'));
      expect(result.stdout).toBe(`${Array.from({ length: 5_000 }, (_, index) => index + 1).join('\n')}\n`);
      expect(result).toMatchObject({
        stderr: 'done\n',
        exitCode: 0,
        outputComplete: true,
        typedResults: [],
        addedPublisher: undefined,
      });
    },
    DOCKER_TIMEOUT_MS,
  );

  testWhere(
    ['ended-logs', 'what it published'],
    'returns its whole output with a publisher, and says whether it may be incomplete without one',
    async () => {
      const whole = `${Array.from({ length: 5_000 }, (_, index) => index + 1).join('\n')}\n`;
      const kept = await jobs.run(shell('seq 1 5000; echo done >&2'));
      expect(kept).toMatchObject({ stderr: 'done\n', exitCode: 0, typedResults: [], addedPublisher: undefined });
      expect(whole.startsWith(kept.stdout)).toBe(true);
      if (kept.stdout !== whole) expect(kept.outputComplete).toBe(false);
      const { timeouts } = small;
      const parameters = ['seq 1 5000; echo done >&2'];
      const publisher = publishers.local();
      const published = await jobs.run(docker({ timeouts, image, entrypoint: ['sh', '-c'], parameters, publisher }));
      expect(published).toMatchObject({ stdout: whole, stderr: 'done\n', outputComplete: true });
    },
    DOCKER_TIMEOUT_MS,
  );

  test(
    'that fails rejects with its exit code and its stderr',
    async () => {
      const error = await jobs.run(shell('echo "no such table" >&2; exit 5')).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(JobExitError);
      expect(String(error)).toMatch(/exit code 5.*no such table/);
    },
    DOCKER_TIMEOUT_MS,
  );

  test(
    'whose image does not exist rejects with the name of the image',
    async () => {
      const error = await jobs.run(docker({ image: 'no-such-image:latest' })).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(JobFailedError);
      expect(String(error)).toMatch(/no-such-image/);
    },
    DOCKER_TIMEOUT_MS,
  );
});
