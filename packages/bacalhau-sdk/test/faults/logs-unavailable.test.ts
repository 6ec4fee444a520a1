/** Logs where there are no WebSockets on the way, or no node at its end. With the limits that users have, but for waits. */

import { Bacalhau } from '../../src/client/bacalhau.js';
import {
  AuthenticationError,
  LogStreamError,
  PermissionDeniedError,
  UnexpectedResponseError,
} from '../../src/errors/index.js';
import { connect } from '../../src/http/connect.js';
import type { LogLimits } from '../../src/logs/limits.js';
import { followLogs } from '../../src/logs/logs.js';
import type { FollowLogsOptions, LogEntry, LogReconnect } from '../../src/logs/options.js';
import { tarOf } from '../support/archives.js';
import { keyDirectory } from '../support/key-directory.js';
import {
  EXECUTION_ID,
  JOB_ID,
  type LogFaultServer,
  logFaultServer,
  type Refusal,
} from '../support/log-fault-server.js';
import { storeServer } from '../support/store-server.js';
import { inLanes, within } from '../support/within.js';

const dir = keyDirectory();
const COPY = { Stdout: 'out 1\nout 2\n', stderr: 'err 1\n' };

interface Outcome {
  readonly entries: readonly LogEntry[];
  readonly reconnects: readonly LogReconnect[];
  readonly warnings: readonly string[];
  readonly error: unknown;
  readonly ms: number;
}

async function read(
  server: LogFaultServer,
  options: FollowLogsOptions = {},
  limits: Partial<LogLimits> = {},
): Promise<Outcome> {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const logger = { debug: ignore, info: ignore, error: ignore, warn: (text: string) => warnings.push(text) };
  const transport = connect({ baseUrl: server.url, env: {}, dir, logger, logLevel: 'warn' });
  const entries: LogEntry[] = [];
  const reconnects: LogReconnect[] = [];
  const all = { onReconnect: (event: LogReconnect) => reconnects.push(event), ...options };
  const startedAt = performance.now();
  const reading = async (): Promise<void> => {
    const target = { jobId: JOB_ID, namespace: undefined };
    for await (const entry of followLogs(transport, target, all, limits)) entries.push(entry);
  };
  const error = await within(40_000, 'the log', reading()).catch((thrown: unknown) => thrown);
  transport.close();
  return { entries, reconnects, warnings, error, ms: performance.now() - startedAt };
}

const finish = (server: LogFaultServer, executionState = 9): void => {
  server.executionState = executionState;
  server.jobState = 'Completed';
  server.runOutput = COPY;
};

const textOf = (entries: readonly LogEntry[], stream: LogEntry['stream']): string =>
  entries
    .filter((entry) => entry.stream === stream)
    .map(({ text }) => text)
    .join('');

const PAGE = '<html><head><title>No</title></head><body>No</body></html>';
const BODIES = [
  { body: '', headers: {} },
  { body: PAGE, headers: { 'content-type': 'text/html', connection: 'close' } },
  { body: '{"message":"no"}', headers: { 'content-type': 'application/json', 'x-request-id': 'theirs' } },
  {
    body: 'websocket: the client is not using the websocket protocol',
    headers: { 'x-bacalhau-git-version': 'v1.9.3' },
  },
];
const STATUSES = [200, 204, 206, 301, 302, 308, 400, 404, 405, 410, 426, 451, 500, 501, 505];
const WAYS: readonly Refusal[] = STATUSES.flatMap((status) =>
  BODIES.map(({ body, headers }) => ({
    status,
    body: status === 204 ? '' : body,
    headers: status >= 300 && status < 400 ? { ...headers, location: 'https://elsewhere.example/' } : headers,
  })),
);

test('a refused upgrade, however it is refused, does not stall a log or a run for minutes', async () => {
  const waits = { firstRetryMs: 20, endGraceMs: 20, shortestPollMs: 20 };
  await inLanes(8, WAYS, async (refuse) => {
    await using server = await logFaultServer(() => undefined);
    server.refuse = refuse;
    const running = await read(server, { follow: true }, waits);
    expect({ refuse, error: running.error }).toMatchObject({ error: expect.any(LogStreamError) });
    expect(running.error instanceof LogStreamError && running.error.cause).toBeInstanceOf(UnexpectedResponseError);
    expect(String(running.error)).toMatch(/instead of opening a WebSocket|redirects to/);
    expect(server.refused).toBe(2);
    expect(running.reconnects).toEqual([
      expect.objectContaining({
        executionId: EXECUTION_ID,
        framesRead: 0,
        reason: expect.stringMatching(/WebSocket|redirects/),
      }),
    ]);

    finish(server);
    const ended = await read(server, { follow: true }, waits);
    expect({ refuse, error: ended.error }).toEqual({ refuse, error: undefined });
    expect([textOf(ended.entries, 'stdout'), textOf(ended.entries, 'stderr')]).toEqual([COPY.Stdout, COPY.stderr]);
    for (const { incomplete, incompleteReason } of ended.entries) {
      expect(incomplete).toBe(true);
      expect(incompleteReason).toMatch(/instead of opening a WebSocket|redirects to/);
    }
    expect(ended.reconnects).toHaveLength(1);
    expect(ended.warnings).toEqual([expect.stringMatching(/instead of opening a WebSocket|redirects to/)]);
  });
}, 120_000);

test('a run behind a proxy without WebSockets returns the copy in the state, says why, and warns once', async () => {
  await using server = await logFaultServer(() => undefined);
  server.refuse = { status: 501, body: PAGE, headers: { 'content-type': 'text/html' } };
  finish(server);
  server.executions = 3;
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const logger = { debug: ignore, info: ignore, error: ignore, warn: (text: string) => warnings.push(text) };
  await using bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir, logger });
  const result = await within(20_000, 'the result', bacalhau.jobs.handle(JOB_ID).result());
  expect(result).toMatchObject({ outputComplete: false, stdout: COPY.Stdout.repeat(3), stderr: COPY.stderr.repeat(3) });
  for (const { outputComplete, incompleteReason } of result.executions) {
    expect(outputComplete).toBe(false);
    expect(incompleteReason).toContain('responded with 501 instead of opening a WebSocket');
  }
  expect(warnings).toEqual([expect.stringContaining('instead of opening a WebSocket')]);
}, 30_000);

test('an upgrade that is reset or never answered ends as soon as behind a gateway without WebSockets', async () => {
  const waits = { openTimeoutMs: 1_000, unopenedAfterMs: 2_500 };
  const ways = ['closed at once', 'never answered'] as const;
  await Promise.all(
    ways.map(async (refuse) => {
      await using server = await logFaultServer(() => undefined);
      server.refuse = refuse;
      const running = await read(server, { follow: true }, waits);
      expect(running.error).toBeInstanceOf(LogStreamError);
      expect(running.ms).toBeLessThan(15_000);
      expect(running.reconnects.length).toBeGreaterThanOrEqual(2);
      finish(server);
      const ended = await read(server, {}, waits);
      expect(ended.error).toBeUndefined();
      expect(textOf(ended.entries, 'stdout')).toBe(COPY.Stdout);
      expect(ended.entries.every(({ incomplete }) => incomplete)).toBe(true);
    }),
  );
  await using server = await logFaultServer(() => undefined);
  server.refuse = 'no end of the body';
  const { error } = await read(server, { follow: true });
  expect(error instanceof LogStreamError && error.cause).toBeInstanceOf(UnexpectedResponseError);
}, 60_000);

test('rejected credentials are the same error as of other calls, and are not retried', async () => {
  for (const [status, Type] of [
    [401, AuthenticationError],
    [403, PermissionDeniedError],
  ] as const) {
    await using server = await logFaultServer(() => undefined);
    server.refuse = { status, body: JSON.stringify({ Status: status, Message: 'no', Component: 'APIServer' }) };
    for (const follow of [true, false]) {
      const { error, reconnects } = await read(server, { follow });
      expect(error).toBeInstanceOf(Type);
      expect(reconnects).toEqual([]);
    }
    expect(server.refused).toBe(2);
  }
});

test('a gateway that is starting, or that refuses after a stream was open, is retried', async () => {
  const check = async (status: number): Promise<void> => {
    await using server = await logFaultServer(({ send, socket, number }, faults) => {
      send(['one\n', 'two\n'], number);
      if (number === 1) faults.refuse = { status, body: PAGE, headers: { 'content-type': 'text/html' } };
      else finish(faults);
      socket.close(1000);
    });
    const waits = { firstRetryMs: 20, longestRetryMs: 50, reconnectMs: 50, reconnectJitterMs: 5, endGraceMs: 20 };
    const opening = setInterval(() => {
      if (server.refused >= 4) server.refuse = undefined;
    }, 5);
    const { entries, error, reconnects } = await read(server, { follow: true }, waits);
    clearInterval(opening);
    expect({ status, error }).toEqual({ status, error: undefined });
    expect(textOf(entries, 'stdout')).toBe('one\ntwo\n');
    expect(entries.some(({ incomplete }) => incomplete)).toBe(false);
    expect(reconnects.length).toBeGreaterThanOrEqual(4);
  };
  await Promise.all([502, 503, 504, 429, 520, 404].map(check));
}, 30_000);

test('the log of an ended execution whose node is disconnected is the copy in its state, within seconds', async () => {
  await using server = await logFaultServer(() => undefined); // and then nothing, for ever
  finish(server);
  server.nodeStatus = 'DISCONNECTED';
  server.executions = 2;
  for (const { entries, error, ms, warnings } of await Promise.all([read(server), read(server, { follow: true })])) {
    expect(error).toBeUndefined();
    expect(ms).toBeLessThan(15_000);
    expect(textOf(entries, 'stdout')).toBe(COPY.Stdout.repeat(2));
    for (const { incompleteReason } of entries) expect(incompleteReason).toContain('its node is disconnected');
    expect(warnings).toHaveLength(2);
  }
  await using bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir, logLevel: 'off' });
  const result = await within(20_000, 'the result', bacalhau.jobs.handle(JOB_ID).result());
  expect(result.executions[0]).toMatchObject({
    outputComplete: false,
    incompleteReason: expect.stringContaining('disconnected'),
  });
}, 60_000);

test('a followed log whose node disappears ends with its execution, and is marked incomplete', async () => {
  const lines = ['out 1\n', 'half'];
  const check = async (wholeLines: boolean): Promise<void> => {
    await using server = await logFaultServer(({ number, send }, faults) => {
      if (number > 1) return;
      send(lines);
      setTimeout(() => {
        finish(faults, 10);
        faults.nodeStatus = 'DISCONNECTED';
      }, 300);
    });
    const { entries, error, ms } = await read(server, { follow: true, lines: wholeLines });
    expect(error).toBeUndefined();
    expect(ms).toBeLessThan(20_000);
    expect(textOf(entries, 'stdout')).toBe(wholeLines ? 'out 1half' : 'out 1\nhalf');
    expect(entries.at(-1)).toMatchObject({
      incomplete: true,
      incompleteReason: expect.stringContaining('disconnected'),
    });
  };
  await Promise.all([false, true].map(check));
}, 60_000);

test('a late log is waited for while its node is connected, or nodes may not be read', async () => {
  const waits = { nodeCheckMs: 100, endGraceMs: 50, neverDroppedMs: 10_000 };
  await using server = await logFaultServer(({ send, socket, number }) => {
    if (number > 1) return;
    setTimeout(() => {
      send(['late\n']);
      socket.close(1000);
    }, 2_000);
  });
  finish(server);
  server.runOutput = undefined;
  expect(await read(server, {}, waits)).toMatchObject({
    error: undefined,
    entries: [{ text: 'late\n' }],
    reconnects: [],
  });
});

test('a connected node that never delivers is given up after one search period of the server, not after four', async () => {
  await using server = await logFaultServer(() => undefined);
  finish(server);
  const { entries, error, ms } = await read(server, {}, { silenceTimeoutMs: 1_500 });
  expect(error).toBeUndefined();
  expect(ms).toBeLessThan(3_000);
  expect(entries[0]).toMatchObject({ text: COPY.Stdout, incomplete: true });
});

test('an error frame for an ended execution is retried a few times, then the copy in its state is used', async () => {
  await using server = await logFaultServer(({ socket }) => {
    socket.send('{"error":"nats: no responders available for request","value":{"Type":0,"Line":""}}');
    socket.close(1000);
  });
  finish(server);
  const { entries, error, reconnects } = await read(server, {}, { firstRetryMs: 20 });
  expect(error).toBeUndefined();
  expect(entries[0]).toMatchObject({ text: COPY.Stdout, incompleteReason: expect.stringContaining('no responders') });
  expect(server.requests.length).toBeLessThan(12);
  expect(reconnects).toHaveLength(server.requests.length);
});

test('error frames, close reasons and refusals that quote a header of the call never show its value', async () => {
  const secret = 'a-secret-of-this-call';
  const answers: readonly ((socket: {
    send(text: string): void;
    close(code: number, reason?: string): void;
  }) => void)[] = [
    (socket) => socket.send(JSON.stringify({ error: `cannot ${'x'.repeat(1_995)} ${secret}`, value: {} })),
    (socket) => socket.send(JSON.stringify({ error: `no user has ${secret}`, value: {} })),
    (socket) => socket.close(1011, `who is ${secret}?`),
  ];
  for (const answer of answers) {
    for (const ended of [false, true]) {
      await using server = await logFaultServer(({ socket }) => answer(socket));
      if (ended) finish(server);
      const waits = {
        firstRetryMs: 5,
        longestRetryMs: 10,
        reconnectMs: 10,
        reconnectJitterMs: 1,
        endGraceMs: 5,
        maxFailures: 5,
      };
      const { error, reconnects, warnings, entries } = await read(
        server,
        { follow: true, headers: { 'X-Team-Key': secret } },
        waits,
      );
      const told = JSON.stringify([String(error), error, reconnects, warnings, entries]);
      expect(reconnects.length).toBeGreaterThan(0);
      expect(told).not.toContain(secret.slice(0, 10));
    }
  }
  await using server = await logFaultServer(() => undefined);
  server.refuse = { status: 400, body: secret, headers: { location: secret } };
  const { error, reconnects, warnings } = await read(server, { headers: { 'X-Team-Key': secret } });
  expect(JSON.stringify([String(error), error, reconnects, warnings])).not.toContain(secret);
}, 30_000);

describe('a published result that cannot be read', () => {
  const LINES = Array.from({ length: 400 }, (_, index) => `line ${index} of the log\n`);

  test.each([
    ['is not an archive', async (archive: Buffer) => Buffer.alloc(archive.length, 'x')],
    ['is cut within stdout', async (archive: Buffer) => archive.subarray(0, 2_048)],
    ['has an unsafe entry before stdout', async () => tarOf([{ name: '../x' }, { name: 'stdout', content: 'no' }])],
    ['is gone', async () => undefined],
  ])('is replaced by the log, where it %s', async (_name, spoil) => {
    const archive = await tarOf([{ name: 'stdout', content: LINES.join('') }, { name: 'stderr' }]);
    const spoilt = await spoil(archive);
    await using store = await storeServer((_request, response) => {
      response.writeHead(spoilt === undefined ? 404 : 200).end(spoilt);
    });
    await using server = await logFaultServer(({ send, socket }) => {
      send(LINES);
      socket.close(1000);
    });
    finish(server);
    server.resultUrl = `${store.url}/a.tar`;
    await using bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir, logLevel: 'off' });
    const result = await within(20_000, 'the result', bacalhau.jobs.handle(JOB_ID).result());
    expect(store.seen.length).toBeGreaterThan(0);
    expect(result).toMatchObject({ stdout: LINES.join(''), outputComplete: true });
  });
});

describe('a run collects no more output than maxResponseBytes allows', () => {
  const MAX = 100_000;

  test.each([
    { from: 'published results', length: MAX, whole: 1 },
    { from: 'published results', length: MAX + 1, whole: 0 },
    { from: 'published results', length: MAX / 2, whole: 2 },
    { from: 'logs', length: MAX, whole: 1 },
    { from: 'logs', length: MAX + 1, whole: 0 },
    { from: 'logs', length: MAX / 2, whole: 2 },
  ])(
    '$length characters by each of three executions, from $from: $whole are whole',
    async ({ from, length, whole }) => {
      const text = `${'x'.repeat(length - 1)}\n`;
      const beginning = text.slice(0, 2_048);
      const archive = await tarOf([{ name: 'stdout', content: text }, { name: 'stderr' }]);
      await using store = await storeServer((_request, response) => void response.end(archive));
      await using server = await logFaultServer(({ send, socket }) => {
        send([text]);
        socket.close(1000);
      });
      finish(server);
      server.runOutput = { Stdout: beginning, stderr: '' };
      server.executions = 3;
      if (from === 'published results') server.resultUrl = `${store.url}/a.tar`;
      await using bacalhau = new Bacalhau({
        baseUrl: server.url,
        env: {},
        dir,
        logLevel: 'off',
        maxResponseBytes: MAX,
      });
      const { executions, outputComplete } = await within(20_000, 'the result', bacalhau.jobs.handle(JOB_ID).result());
      expect(outputComplete).toBe(false);
      expect(executions.map(({ outputComplete: isWhole }) => isWhole)).toEqual([0, 1, 2].map((index) => index < whole));
      for (const { stdout, outputComplete: isWhole, incompleteReason } of executions) {
        expect(stdout).toBe(isWhole ? text : beginning);
        if (!isWhole) expect(incompleteReason).toMatch(/more than the 100000 characters that maxResponseBytes allows/);
      }
    },
  );
});
