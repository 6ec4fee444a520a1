import { getEventListeners } from 'node:events';
import { AuthenticationError, UnexpectedResponseError } from '../../src/errors/api-errors.js';
import { LogStreamError } from '../../src/errors/log-errors.js';
import { connect } from '../../src/http/connect.js';
import type { LogLimits } from '../../src/logs/limits.js';
import { followLogs } from '../../src/logs/logs.js';
import type { FollowLogsOptions, LogEntry, LogReconnect } from '../../src/logs/options.js';
import { keyDirectory } from '../support/key-directory.js';
import {
  EXECUTION_ID,
  JOB_ID,
  type LogFaultServer,
  logFaultServer,
  OTHER_JOB_ID,
} from '../support/log-fault-server.js';

const dir = keyDirectory();
const LINES = Array.from({ length: 50 }, (_, index) => `line ${index + 1}\n`);
const ALL = LINES.join('');

/** The default limits, a hundred times shorter. */
const FAST: Partial<LogLimits> = {
  ...{
    reconnectMs: 100,
    reconnectJitterMs: 20,
    firstRetryMs: 5,
    longestRetryMs: 50,
    maxFailures: 4,
    nudgeMs: 100,
    secondHelperMs: 45,
  },
  ...{
    longestNudgeMs: 200,
    probeMs: 200,
    longestProbeMs: 400,
    endGraceMs: 30,
    silenceTimeoutMs: 300,
    neverDroppedMs: 1_000,
    superviseMs: 5,
  },
  ...{ shortestPollMs: 5, longestPollMs: 20, unreachableAfterMs: 300 },
};

const finish = (server: LogFaultServer): void => {
  server.executionState = 9;
  server.jobState = 'Completed';
};

/** The server sees sockets close a moment later. */
async function allClosed(server: LogFaultServer): Promise<void> {
  const deadline = Date.now() + 1_000;
  while (server.open() > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server.open()).toBe(0);
}

async function read(
  server: LogFaultServer,
  options: FollowLogsOptions = {},
  limits: Partial<LogLimits> = {},
): Promise<{ text: string; entries: LogEntry[]; reconnects: LogReconnect[] }> {
  const transport = connect({ baseUrl: server.url, env: {}, dir, maxRetries: 0, headers: { 'X-Team': 'blue' } });
  const reconnects: LogReconnect[] = [];
  const entries: LogEntry[] = [];
  const all = { onReconnect: (event: LogReconnect) => reconnects.push(event), ...options };
  try {
    for await (const entry of followLogs(transport, { jobId: 'faulty', namespace: 'ns' }, all, {
      ...FAST,
      ...limits,
    })) {
      entries.push(entry);
    }
  } finally {
    transport.close();
  }
  return { text: entries.map(({ text }) => text).join(''), entries, reconnects };
}

test('a stream that is closed early continues where it was', async () => {
  await using server = await logFaultServer(({ number, send, socket }, faults) => {
    if (number === 1) send(LINES, 10);
    else if (number === 2) send(LINES, 30);
    else send(LINES);
    if (number === 3) setTimeout(() => finish(faults), 20);
    socket.close(1000);
  });
  const { text, reconnects } = await read(server, { follow: true });
  expect(text).toBe(ALL);
  expect(reconnects.map(({ framesRead }) => framesRead).slice(0, 2)).toEqual([10, 30]);
  for (const { query, headers } of server.requests) {
    expect(query.get('execution_id')).toBe(EXECUTION_ID);
    expect(query.get('namespace')).toBe('ns');
    expect(query.has('tail')).toBe(false);
    expect(headers).toMatchObject({ 'x-team': 'blue', 'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/) });
  }
  // The last one is a snapshot, asked for after the execution had ended.
  expect(server.requests.at(-1)?.query.get('follow')).toBe('false');
});

test('a connection that is reset loses no output', async () => {
  await using server = await logFaultServer(({ number, send, socket }, faults) => {
    send(LINES, number * 20);
    if (number < 3) return setTimeout(() => socket.terminate(), 10);
    finish(faults);
    return socket.close(1000);
  });
  expect((await read(server, { follow: true })).text).toBe(ALL);
});

test('a stream that goes silent is checked and continued', async () => {
  await using server = await logFaultServer(({ number, query, send, socket }, faults) => {
    if (number === 1) return send(LINES, 20); // and then nothing, for ever
    send(LINES);
    if (query.get('follow') === 'true') finish(faults);
    return socket.close(1000);
  });
  const { text, reconnects } = await read(server, { follow: true });
  expect(text).toBe(ALL);
  expect(reconnects.map(({ reason }) => reason)).toContain('the stream had fallen silent');
});

test('a stream that the server does not end with its execution is closed by the reader', async () => {
  await using server = await logFaultServer(({ query, send, socket }, faults) => {
    send(LINES);
    if (query.get('follow') === 'true') finish(faults);
    else socket.close(1000);
  });
  const { text, reconnects } = await read(server, { follow: true });
  expect(text).toBe(ALL);
  expect(reconnects).toEqual([]);
  await allClosed(server);
});

test('a stream that another one blocks is helped by snapshots', async () => {
  await using server = await logFaultServer(({ number, query, send, socket }, faults) => {
    if (number === 1) return;
    expect(query.get('follow')).toBe('false');
    const [first] = server.requests;
    // Two requests within five seconds: the node drops what blocks it, and serves in order.
    if (number === 3) {
      first?.send(LINES);
      finish(faults);
      first?.socket.close(1000);
    }
    if (number > 3) {
      send(LINES);
      socket.close(1000);
    }
  });
  expect((await read(server, { follow: true })).text).toBe(ALL);
});

test('a snapshot that is cut off is asked for again', async () => {
  await using server = await logFaultServer(({ number, send, socket }, faults) => {
    finish(faults);
    send(LINES, number === 1 ? 20 : 50);
    // So late that the server may have dropped it.
    setTimeout(() => socket.close(1000), number === 1 ? 60 : 0);
  });
  finish(server);
  const { text } = await read(server, {}, { neverDroppedMs: 50 });
  expect(text).toBe(ALL);
  expect(server.requests.length).toBeGreaterThan(1);
});

test('a node that finds no log yet is asked again; a job that has ended without one has no output', async () => {
  const error = JSON.stringify({ error: 'timeout while waiting for execution logs', value: { Type: 0, Line: '' } });
  await using server = await logFaultServer(({ number, send, socket }, faults) => {
    if (number <= 6) socket.send(error);
    else send(LINES);
    if (number === 7) finish(faults);
    socket.close(1000);
  });
  expect((await read(server, { follow: true })).text).toBe(ALL);
  await using empty = await logFaultServer(({ socket }) => socket.send(error));
  finish(empty);
  expect((await read(empty, { follow: true })).text).toBe('');
});

test('other errors of the node are retried, then reported with the message of the server', async () => {
  await using server = await logFaultServer(({ send, socket }) => {
    send(LINES, 5);
    socket.send('{"error":"error from daemon in stream: boom","value":{"Type":0,"Line":""}}');
    socket.close(1000);
  });
  const error = await read(server, { follow: true }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LogStreamError);
  expect(error).toMatchObject({ executionId: EXECUTION_ID, framesRead: 5, attempts: 4 });
  expect(String(error)).toContain('boom');
});

test('invalid messages are reported after the output before them', async () => {
  await using server = await logFaultServer(({ number, send, socket }) => {
    send(LINES, 5);
    if (number === 1) socket.send('<html>');
    else if (number === 2) socket.send(Buffer.from([0xff, 0xfe]));
    else socket.send('{"value":{"Type":7,"Line":"x"}}');
  });
  await expect(read(server, { follow: true })).rejects.toThrow(/after 5 chunks: .*not output/);
});

test('a refusal is the same error as of other calls', async () => {
  await using server = await logFaultServer(() => undefined);
  const body = JSON.stringify({
    Status: 401,
    Message: 'Request Unauthorized',
    Code: 'Unauthorized',
    Component: 'APIServer',
  });
  server.refuse = { status: 401, body };
  await expect(read(server, { follow: true })).rejects.toMatchObject({ status: 401, component: 'APIServer' });
  await expect(read(server, { follow: true })).rejects.toBeInstanceOf(AuthenticationError);
  server.refuse = { status: 200, body: '' };
  const error = await read(server).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LogStreamError);
  expect(error instanceof LogStreamError && error.cause).toBeInstanceOf(UnexpectedResponseError);
});

test('a server that stays unreachable is reported', async () => {
  const server = await logFaultServer(({ send }) => {
    send(LINES, 5);
    setTimeout(() => void server[Symbol.asyncDispose](), 50);
  });
  await expect(read(server, { follow: true })).rejects.toThrow(/nothing listens at/);
});

test('a slow reader keeps no socket open and gets everything', async () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `line ${index + 1}\n`);
  await using server = await logFaultServer(({ query, send, socket }, faults) => {
    send(many);
    if (query.get('follow') === 'true') setTimeout(() => finish(faults), 100);
    socket.close(1000);
  });
  const controller = new AbortController();
  const transport = connect({ baseUrl: server.url, env: {}, dir });
  const options = { follow: true, signal: controller.signal };
  const target = { jobId: JOB_ID, namespace: undefined };
  const entries: string[] = [];
  for await (const { text } of followLogs(transport, target, options, { ...FAST, bufferedFrames: 300 })) {
    entries.push(text);
    if (entries.length % 500 === 1) {
      // The reader's pause is the subject.
      await new Promise((resolve) => setTimeout(resolve, 60));
      await allClosed(server);
    }
  }
  transport.close();
  expect(entries).toEqual(many);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('only output after the call is read with tail, over a broken connection as well', async () => {
  await using server = await logFaultServer(({ number, send, socket }, faults) => {
    send(LINES, number === 1 ? 10 : number === 2 ? 20 : 50);
    if (number === 3) finish(faults);
    socket.close(1000);
  });
  const { text } = await read(server, { follow: true, tail: true });
  expect(text).toBe(LINES.slice(10).join(''));
});

test('abort and break end a reader whose buffer is full', async () => {
  await using server = await logFaultServer(({ send }) => send(LINES));
  const transport = connect({ baseUrl: server.url, env: {}, dir });
  const controller = new AbortController();
  const limits = { ...FAST, bufferedFrames: 4 };
  const iterator = followLogs(
    transport,
    { jobId: JOB_ID, namespace: undefined },
    { follow: true, signal: controller.signal },
    limits,
  );
  const reading = iterator[Symbol.asyncIterator]();
  expect(await reading.next()).toMatchObject({ value: { text: 'line 1\n' } });
  // Long enough to fill the buffer: the reader's pause is the subject.
  await new Promise((resolve) => setTimeout(resolve, 30));
  controller.abort();
  const taken: unknown[] = [];
  const error = await (async () => {
    for (;;) {
      const next = await reading.next();
      if (next.done) return undefined;
      taken.push(next.value);
    }
  })().catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('aborted by its signal');
  expect(taken.length).toBeLessThanOrEqual(64);
  for await (const _entry of followLogs(transport, { jobId: JOB_ID, namespace: undefined }, { follow: true }, limits))
    break;
  transport.close();
});

test('a stream goes through a gateway, and hooks see it like any request', async () => {
  await using server = await logFaultServer(({ send, socket }) => {
    send(LINES);
    socket.close(1000);
  });
  finish(server);
  const seen: string[] = [];
  const transport = connect({
    baseUrl: `${server.url}/gateway`,
    env: {},
    dir,
    headers: { Authorization: 'Bearer secret' },
    onRequest: ({ url, headers }) => seen.push(`${url.slice(0, 5)} ${headers['authorization']}`),
    onResponse: ({ url, status }) => seen.push(`${url.slice(0, 5)} ${status}`),
  });
  const entries: LogEntry[] = [];
  for await (const entry of followLogs(transport, { jobId: JOB_ID, namespace: undefined })) entries.push(entry);
  transport.close();
  expect(entries).toHaveLength(LINES.length);
  expect(server.requests[0]?.path).toBe(`/gateway/api/v1/orchestrator/jobs/${JOB_ID}/logs`);
  expect(server.requests[0]?.headers.authorization).toBe('Bearer secret');
  expect(seen.slice(-2)).toEqual(['ws:// ***', 'ws:// 101']);
  expect(seen.join()).not.toContain('secret');
});

test('a response about another job does not lead to its log', async () => {
  await using server = await logFaultServer(({ send, socket }, faults) => {
    send(LINES);
    // Its executions have ended: now the job itself is asked for.
    faults.mixesUp = true;
    faults.executionState = 9;
    setTimeout(() => finish(faults), 50);
    socket.close(1000);
  });
  const { text } = await read(server, { follow: true });
  expect(text).toBe(ALL);
  expect(server.mixesUp).toBe(false);
  expect(server.asked.filter((path) => path.includes(OTHER_JOB_ID))).toEqual([]);
});

test('many executions at once cause no warning and leave no timer', async () => {
  const warnings: string[] = [];
  const warn = ({ name }: Error): number => warnings.push(name);
  process.on('warning', warn);
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await using server = await logFaultServer(({ query, send, socket }, faults) => {
    send(LINES);
    if (query.get('follow') === 'true') setTimeout(() => finish(faults), 50);
    socket.close(1000);
  });
  server.executions = 15;
  const before = timers();
  const { entries } = await read(server, { follow: true });
  expect(entries).toHaveLength(15 * LINES.length);
  await allClosed(server);
  expect(timers()).toBeLessThanOrEqual(before);
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});
