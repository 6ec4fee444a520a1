/** `onLog` of a call that awaits a result. */
import { Bacalhau } from '../../src/client/bacalhau.js';
import { JobFailedError, RequestAbortedError, RequestTimeoutError } from '../../src/errors/index.js';
import type { LogEntry } from '../../src/logs/options.js';
import { tarGzOf } from '../support/archives.js';
import { keyDirectory } from '../support/key-directory.js';
import {
  EXECUTION_ID,
  JOB_ID,
  type LogFaultServer,
  type LogRequest,
  logFaultServer,
} from '../support/log-fault-server.js';
import { serve, storeServer } from '../support/store-server.js';
import { within } from '../support/within.js';

const dir = keyDirectory();
const LINES = Array.from({ length: 50 }, (_, index) => `line ${index + 1}\n`);
const ALL = LINES.join('');

const client = (server: LogFaultServer): Bacalhau =>
  new Bacalhau({ baseUrl: server.url, env: {}, dir, logLevel: 'off' });

const complete = (server: LogFaultServer): void => {
  server.executionState = 9;
  server.jobState = 'Completed';
  for (const { socket } of server.requests) socket.close(1000);
};

const textOf = (entries: readonly LogEntry[], stream: LogEntry['stream'] = 'stdout'): string =>
  entries.flatMap((entry) => (entry.stream === stream ? entry.text : [])).join('');

/** Sends everything and waits for the end of the job, as a node does. */
const untilEnd = ({ send, socket, query }: LogRequest): void => {
  send(LINES);
  if (query.get('follow') === 'false') socket.close(1000);
};

test('what a job prints comes while it runs, and is not read again for the result', async () => {
  await using server = await logFaultServer(untilEnd);
  await using bacalhau = client(server);
  const entries: LogEntry[] = [];
  const result = await within(
    20_000,
    'the result',
    bacalhau.jobs.handle(JOB_ID).result({
      onLog: (entry) => {
        entries.push(entry);
        // Only now: without the log there would be no end.
        if (entries.length === LINES.length) complete(server);
      },
    }),
  );
  expect(entries.map(({ text }) => text)).toEqual(LINES);
  expect(entries[0]).toEqual({ stream: 'stdout', text: LINES[0], executionId: EXECUTION_ID });
  expect(result).toMatchObject({ stdout: ALL, outputComplete: true });
  // The second is the snapshot in which a log is checked at its end.
  expect(server.requests.map(({ query }) => query.get('follow'))).toEqual(['true', 'false']);
}, 30_000);

test('a listener that returns promises is awaited, before the next entry and before the result', async () => {
  await using server = await logFaultServer((request, faults) => {
    untilEnd(request);
    complete(faults);
  });
  await using bacalhau = client(server);
  let active = 0;
  let done = 0;
  await bacalhau.jobs.handle(JOB_ID).result({
    onLog: async () => {
      active += 1;
      expect(active).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      active -= 1;
      done += 1;
    },
  });
  expect(done).toBe(LINES.length);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('my own mistake');
    },
  ],
  ['rejects', () => Promise.reject(new Error('my own mistake'))],
])('a listener that %s ends the call with its error, and everything that it opened', async (_, onLog) => {
  await using server = await logFaultServer(untilEnd);
  await using bacalhau = client(server);
  let calls = 0;
  const result = bacalhau.jobs.handle(JOB_ID).result({
    onLog: () => {
      calls += 1;
      return onLog();
    },
  });
  await expect(within(10_000, 'the error', result)).rejects.toThrow('my own mistake');
  expect(calls).toBe(1);
  const deadline = Date.now() + 5_000;
  while (server.open() > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server.open()).toBe(0);
});

test('a listener is not called after the end', async () => {
  await using server = await logFaultServer(untilEnd);
  await using bacalhau = client(server);
  let calls = 0;
  let finish: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const onLog = (): Promise<void> => {
    calls += 1;
    return begun;
  };
  const timeout = bacalhau.jobs.handle(JOB_ID).result({ onLog, timeoutMs: 500 });
  await expect(within(10_000, 'the timeout', timeout)).rejects.toBeInstanceOf(RequestTimeoutError);
  expect(calls).toBe(1);
  finish();
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toBe(1);
});

test('a listener that never returns does not outlast the deadline or the signal', async () => {
  await using server = await logFaultServer((request, faults) => {
    untilEnd(request);
    complete(faults);
  });
  await using bacalhau = client(server);
  const onLog = (): Promise<void> => new Promise(() => undefined);
  const timeout = bacalhau.jobs.handle(JOB_ID).result({ onLog, timeoutMs: 500 });
  await expect(within(10_000, 'the timeout', timeout)).rejects.toBeInstanceOf(RequestTimeoutError);
  const aborted = bacalhau.jobs.handle(JOB_ID).result({ onLog, signal: AbortSignal.timeout(500) });
  await expect(within(10_000, 'the abort', aborted)).rejects.toBeInstanceOf(RequestAbortedError);
});

test('where there are no WebSockets the output comes at the end, marked as that of logs is', async () => {
  await using server = await logFaultServer(() => undefined);
  server.refuse = { status: 501, body: '{}' };
  server.runOutput = { Stdout: 'out 1\n', stderr: 'err 1\n' };
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const logger = { debug: ignore, info: ignore, error: ignore, warn: (text: string) => warnings.push(text) };
  await using bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir, logger });
  const entries: LogEntry[] = [];
  const awaited = bacalhau.jobs.handle(JOB_ID).result({ onLog: (entry) => entries.push(entry) });
  while (!warnings.some((text) => text.includes('comes when the job has ended'))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  complete(server);
  const result = await within(20_000, 'the result', awaited);
  expect(result).toMatchObject({ stdout: 'out 1\n', stderr: 'err 1\n', outputComplete: false });
  expect([textOf(entries), textOf(entries, 'stderr')]).toEqual(['out 1\n', 'err 1\n']);
  expect(entries.at(-1)).toMatchObject({ incomplete: true, incompleteReason: expect.stringContaining('501') });
}, 30_000);

test('what a log lacks at its end comes from the result', async () => {
  const files = [
    { name: 'stdout', content: ALL },
    { name: 'stderr', content: 'and an error\n' },
  ];
  const archive = await tarGzOf(files);
  await using store = await storeServer((request, response) => serve(request, response, archive));
  await using server = await logFaultServer(({ send, socket, query }, faults) => {
    send(LINES, 20);
    faults.resultUrl = `${store.url}/result.tar.gz`;
    complete(faults);
    if (query.get('follow') === 'false') socket.close(1000);
  });
  await using bacalhau = client(server);
  const entries: LogEntry[] = [];
  const result = await within(
    20_000,
    'the result',
    bacalhau.jobs.handle(JOB_ID).result({ onLog: (entry) => entries.push(entry) }),
  );
  expect(result).toMatchObject({ stdout: ALL, stderr: 'and an error\n', outputComplete: true });
  expect([textOf(entries), textOf(entries, 'stderr')]).toEqual([ALL, 'and an error\n']);
  expect(entries.some(({ incomplete }) => incomplete)).toBe(false);
}, 30_000);

test('a job that fails rejects when its log was read', async () => {
  await using server = await logFaultServer((request, faults) => {
    untilEnd(request);
    faults.executionState = 10;
    faults.jobState = 'Failed';
  });
  await using bacalhau = client(server);
  const entries: LogEntry[] = [];
  const result = bacalhau.jobs.handle(JOB_ID).result({ onLog: (entry) => entries.push(entry) });
  await expect(within(20_000, 'the error', result)).rejects.toBeInstanceOf(JobFailedError);
  expect(textOf(entries)).toBe(ALL);
}, 30_000);

test('a job that prints more than may be held in memory is heard to the end', async () => {
  await using server = await logFaultServer((request, faults) => {
    untilEnd(request);
    complete(faults);
  });
  await using bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir, logLevel: 'off', maxResponseBytes: 300 });
  const entries: LogEntry[] = [];
  const result = await bacalhau.jobs.handle(JOB_ID).result({ onLog: (entry) => entries.push(entry) });
  expect(textOf(entries)).toBe(ALL);
  expect(result.executions[0]?.incompleteReason).toContain('maxResponseBytes');
});
