import { getEventListeners } from 'node:events';
import { NotFoundError } from '../../src/errors/api-errors.js';
import { BacalhauError } from '../../src/errors/base.js';
import { RequestAbortedError } from '../../src/errors/call-errors.js';
import { InvalidArgumentError } from '../../src/errors/client-errors.js';
import { type Execution, ExecutionDesiredStateType, ExecutionStateType } from '../../src/index.js';
import { followLogs } from '../../src/logs/logs.js';
import type { LogEntry } from '../../src/logs/options.js';
import { readLogs, shellJob, testTransport, textOf } from '../support/logs.js';
import { collect, ended, networkClient, networkUrl, onlyExecution } from '../support/network.js';
import { describeWith, testWhere, testWith } from '../support/requirements.js';
import { has } from '../support/server.js';
import { printingJob } from '../support/wasm-jobs.js';

const bacalhau = networkClient();
const { jobs } = bacalhau;
const newTransport = testTransport(networkUrl);

async function submit(command: string, count?: number): Promise<string> {
  return (await jobs.put(shellJob(command, count))).JobID;
}

/** Resolves when a node runs the job. */
async function started(jobId: string): Promise<void> {
  for (;;) {
    const { items } = await jobs.executions(jobId);
    // 1.6.0 reports no such state before the end.
    const isStarted = ({ ComputeState, DesiredState }: Execution): boolean =>
      DesiredState.StateType === ExecutionDesiredStateType.Running ||
      Number(ComputeState.StateType) >= ExecutionStateType.BidAccepted;
    if (items.some(isStarted)) return;
  }
}

/** Resolves with the first entry, and goes on reading. */
async function firstEntry(iterator: AsyncIterator<LogEntry>): Promise<LogEntry> {
  const { value, done } = await iterator.next();
  if (done) throw new Error('There was no output.');
  return value;
}

test('an unknown job is not found', async () => {
  await expect(readLogs(newTransport(), 'j-00000000-0000-4000-8000-000000000000')).rejects.toThrow(NotFoundError);
});

describe('a WebAssembly job has its output at its end', () => {
  testWhere(['wasm-logs', 'once it has ended'], 'from its results', async () => {
    const transport = newTransport();
    const { JobID } = await jobs.put({ Job: await printingJob('hello wasm') });
    const expected = [{ stream: 'stdout', text: 'hello wasm', executionId: expect.any(String) }];
    expect(await readLogs(transport, JobID, { follow: true })).toEqual(expected);
    expect(await readLogs(transport, JobID)).toEqual(expected);
  });

  test('from its execution if nothing was published, marked as possibly incomplete', async () => {
    const job = await printingJob('hello wasm');
    const [task] = job.Tasks;
    if (task) delete task.Publisher;
    const { JobID } = await jobs.put({ Job: job });
    const mark = {
      incomplete: true,
      incompleteReason: expect.stringContaining('neither a log nor a published result'),
    };
    const expected = [{ stream: 'stdout', text: 'hello wasm', executionId: expect.any(String), ...mark }];
    expect(await readLogs(newTransport(), JobID, { follow: true })).toEqual(expected);
  });
});

describeWith(['docker'], 'the logs of a Docker job', () => {
  test('are read when it has ended, both streams, with a last line that has no end', async () => {
    const jobId = await submit('echo out1; echo err1 >&2; echo out2; printf rest');
    await ended(bacalhau, jobId);
    const { ID: executionId } = await onlyExecution(bacalhau, jobId);
    const transport = newTransport();
    const entries = await readLogs(transport, jobId);
    expect(textOf(entries)).toBe('out1\nout2\nrest');
    expect(textOf(entries, 'stderr')).toBe('err1\n');
    expect(new Set(entries.map((entry) => entry.executionId))).toEqual(new Set([executionId]));
    const lines = await readLogs(transport, jobId, { lines: true, executionId: executionId.slice(0, 10) });
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(['out1', 'out2', 'rest']);
    await expect(readLogs(transport, jobId, { executionId: 'e-other' })).rejects.toThrow(InvalidArgumentError);
    expect(await readLogs(transport, jobId, { tail: true, follow: true })).toEqual([]);
  }, 60_000);

  const endedJob = async (Publisher?: { Type: string }): Promise<string> => {
    const { Job } = shellJob('seq 2000');
    const Tasks = Job.Tasks.map((task) => ({ ...task, ...(Publisher && { Publisher }) }));
    const { JobID } = await jobs.put({ Job: { ...Job, Tasks } });
    await ended(bacalhau, JobID);
    return JobID;
  };
  const numbers = Array.from({ length: 2_000 }, (_, index) => `${index + 1}\n`).join('');

  testWhere(
    ['ended-logs', 'complete'],
    'of an ended job are complete',
    async () => {
      const entries = await readLogs(newTransport(), await endedJob());
      expect(textOf(entries)).toBe(numbers);
      expect(entries.filter(({ incomplete }) => incomplete)).toEqual([]);
    },
    60_000,
  );

  testWhere(
    ['ended-logs', 'what it published'],
    'of an ended job are what it published, else the beginning, marked as incomplete',
    async () => {
      const published = await readLogs(newTransport(), await endedJob({ Type: 'local' }));
      expect(textOf(published)).toBe(numbers);
      expect(published.filter(({ incomplete }) => incomplete)).toEqual([]);
      const kept = await readLogs(newTransport(), await endedJob());
      expect(textOf(kept)).toBe(numbers.slice(0, textOf(kept).length));
      expect(textOf(kept).length).toBeLessThanOrEqual(2_048);
      expect(kept.at(-1)).toMatchObject({ incomplete: true });
    },
    60_000,
  );

  testWith(
    ['docker-logs'],
    'are followed to the end',
    async () => {
      const jobId = await submit('for i in 1 2 3 4 5; do echo out$i; echo err$i >&2; sleep 0.2; done; printf rest');
      const reconnects: unknown[] = [];
      const entries = await readLogs(newTransport(), jobId, {
        follow: true,
        onReconnect: (event) => reconnects.push(event),
      });
      expect(textOf(entries)).toBe('out1\nout2\nout3\nout4\nout5\nrest');
      expect(textOf(entries, 'stderr')).toBe('err1\nerr2\nerr3\nerr4\nerr5\n');
      expect(reconnects).toEqual([]);
    },
    60_000,
  );

  testWhere(
    ['docker-logs', 'once it has ended'],
    'are read at the end of the job when they are followed',
    async () => {
      const jobId = await submit('echo out1; echo err1 >&2; sleep 2; printf rest');
      const entries = await readLogs(newTransport(), jobId, { follow: true });
      expect(textOf(entries)).toBe('out1\nrest');
      expect(textOf(entries, 'stderr')).toBe('err1\n');
      expect((await jobs.get(jobId)).Job.State?.StateType).toBe('Completed');
    },
    60_000,
  );

  testWith(
    ['docker-logs'],
    'begin with new output, with tail',
    async () => {
      const jobId = await submit('echo old; sleep 2; echo new');
      const transport = newTransport();
      const all = followLogs(transport, { jobId, namespace: undefined }, { follow: true })[Symbol.asyncIterator]();
      expect((await firstEntry(all)).text).toBe('old\n');
      await all.return?.();
      expect(textOf(await readLogs(transport, jobId, { follow: true, tail: true }))).toMatch(/^(old\n)?new\n$/);
      const late = await submit('sleep 2; echo first; sleep 0.5; echo second');
      await started(late);
      expect(textOf(await readLogs(transport, late, { follow: true, tail: true }))).toBe('first\nsecond\n');
    },
    60_000,
  );

  test('of several executions are merged', async () => {
    const jobId = await submit('echo one; sleep 0.5; echo two', 2);
    const entries = await readLogs(newTransport(), jobId, { follow: true });
    const ids = [...new Set(entries.map(({ executionId }) => executionId))];
    const texts = ids.map((id) => textOf(entries.filter(({ executionId }) => executionId === id)));
    expect(texts).toEqual(['one\ntwo\n', 'one\ntwo\n']);
  }, 60_000);

  testWith(
    ['docker-logs'],
    'end when it is stopped',
    async () => {
      const jobId = await submit('echo begun; sleep 600');
      const iterator = followLogs(newTransport(), { jobId, namespace: undefined }, { follow: true })[
        Symbol.asyncIterator
      ]();
      expect((await firstEntry(iterator)).text).toBe('begun\n');
      await jobs.stop(jobId);
      expect((await iterator.next()).done).toBe(true);
    },
    60_000,
  );

  test('of an execution that could not start are empty', async () => {
    const request = shellJob('true');
    const [task] = request.Job.Tasks;
    if (task?.Engine.Params) task.Engine.Params['Entrypoint'] = ['/no/such/program'];
    // While it may wait for a node, it is tried again and again.
    if (task) task.Timeouts = {};
    const { JobID } = await jobs.put(request);
    expect(await readLogs(newTransport(), JobID, { follow: true })).toEqual([]);
    const states = (await collect(jobs.executions(JobID))).map(({ ComputeState }) => ComputeState?.StateType);
    expect(states).toContain(has('execution-states') ? ExecutionStateType.Failed : 8);
  }, 60_000);

  testWith(
    ['docker-logs'],
    'leave nothing open after an abort, a break, or the end',
    async () => {
      const jobId = await submit('echo begun; sleep 600');
      const controller = new AbortController();
      const { signal } = controller;
      const transport = newTransport();
      const target = { jobId, namespace: undefined };
      for await (const entry of followLogs(transport, target, { follow: true, signal })) {
        expect(entry.text).toBe('begun\n');
        break;
      }
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      const reading = readLogs(transport, jobId, { follow: true, signal });
      setTimeout(() => controller.abort('enough'), 100);
      const error = await reading.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RequestAbortedError);
      expect(error instanceof BacalhauError && error.cause).toBe('enough');
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      await expect(readLogs(transport, jobId, { signal })).rejects.toThrow(RequestAbortedError);
      const silent = followLogs(transport, target, { follow: true })[Symbol.asyncIterator]();
      const waiting = silent.next();
      await silent.return?.();
      await waiting;
      const closing = readLogs(transport, jobId, { follow: true });
      setTimeout(() => transport.close(), 100);
      await expect(closing).rejects.toThrow('client was closed');
      await jobs.stop(jobId);
    },
    60_000,
  );
});
