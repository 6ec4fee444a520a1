import { connect } from '../../src/http/connect.js';
import type { LogLimits } from '../../src/logs/limits.js';
import { followLogs } from '../../src/logs/logs.js';
import type { FollowLogsOptions, LogEntry, LogReconnect } from '../../src/logs/options.js';
import { keyDirectory } from '../support/key-directory.js';
import { type LogFaultServer, type LogRequest, logFaultServer } from '../support/log-fault-server.js';

const dir = keyDirectory();

/** The default limits, a hundred times shorter; the pause after a stream that may keep its place is not. */
const FAST: Partial<LogLimits> = {
  ...{ reconnectJitterMs: 0, firstRetryMs: 5, maxFailures: 4, nudgeMs: 10_000, endGraceMs: 100, superviseMs: 5 },
  ...{ lastChunkMs: 100, shortestPollMs: 5, longestPollMs: 20, unreachableAfterMs: 300 },
};

interface Read {
  readonly stdout: string;
  readonly stderr: string;
  readonly marks: readonly (string | undefined)[];
  readonly entries: readonly LogEntry[];
  readonly reconnects: readonly LogReconnect[];
}

async function read(server: LogFaultServer, options: FollowLogsOptions = {}): Promise<Read> {
  const transport = connect({ baseUrl: server.url, env: {}, dir, maxRetries: 0 });
  const entries: LogEntry[] = [];
  const reconnects: LogReconnect[] = [];
  const all = { onReconnect: (event: LogReconnect) => reconnects.push(event), ...options };
  try {
    for await (const entry of followLogs(transport, { jobId: 'faulty', namespace: undefined }, all, FAST)) {
      entries.push(entry);
    }
  } finally {
    transport.close();
  }
  const textOf = (wanted: LogEntry['stream']): string =>
    entries.map(({ stream, text }) => (stream === wanted ? text : '')).join('');
  const marks = entries.filter(({ incomplete }) => incomplete).map(({ incompleteReason }) => incompleteReason);
  return { stdout: textOf('stdout'), stderr: textOf('stderr'), marks, entries, reconnects };
}

/** A server on which an execution runs without that its node reports it. */
async function oldServer(
  version: string,
  answer: (request: LogRequest, server: LogFaultServer) => void,
): Promise<LogFaultServer> {
  const server = await logFaultServer(answer);
  return Object.assign(server, { version, executionState: version === 'v1.4.0' ? 5 : 3, desiredState: 1 });
}

function complete(server: LogFaultServer, Stdout?: string, stderr = ''): void {
  server.executionState = server.version === 'v1.4.0' ? 7 : 9;
  server.desiredState = 2;
  server.jobState = 'Completed';
  if (Stdout !== undefined) server.runOutput = { Stdout, stderr };
}

const fail = ({ socket }: LogRequest, message: string): void => {
  socket.send(JSON.stringify({ error: `nats stream: close 5000 (internal server error): ${message}`, value: {} }));
  socket.close(1000);
};

describe('an execution runs', () => {
  test.each([
    ['v1.6.0', 3],
    ['v1.6.0', 1],
    // `ops` and `daemon` jobs.
    ['v1.9.3', 1],
  ])('on %s in state %d as soon as it is to run', async (version, state) => {
    await using server = await oldServer(version, ({ send, socket }, faults) => {
      send(['one\n']);
      setTimeout(() => {
        send(['two\n']);
        complete(faults, 'one\ntwo\n');
        socket.close(1000);
      }, 100);
    });
    server.executionState = state;
    const { stdout, marks } = await read(server, { follow: true });
    expect(stdout).toBe('one\ntwo\n');
    expect(marks).toEqual([]);
    expect(server.requests[0]?.query.get('follow')).toBe('true');
  });

  test('until it is to stop, whatever its state', async () => {
    await using server = await oldServer('v1.6.0', ({ send }, faults) => {
      send(['begun\n']);
      // The stream does not end.
      setTimeout(() => Object.assign(faults, { desiredState: 2, jobState: 'Stopped' }), 50);
    });
    expect(await read(server, { follow: true })).toMatchObject({ stdout: 'begun\n', marks: [] });
  });
});

describe('the end of a followed log, which servers before 1.8 lose,', () => {
  const streaming = (lines: readonly string[], copy: string, stderr?: string) =>
    oldServer('v1.6.0', ({ send, socket }, faults) => {
      send(lines);
      complete(faults, copy, stderr);
      socket.close(1000);
    });

  test('is taken from the state', async () => {
    await using server = await streaming(['a\n'], 'a\nlast');
    expect(await read(server, { follow: true })).toMatchObject({ stdout: 'a\nlast', marks: [], reconnects: [] });
    expect(server.requests).toHaveLength(1);
  });

  test('is marked as missing if it was longer than the state has, and nothing was published', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index}\n`);
    await using server = await streaming(lines, lines.join('').slice(0, 2_048), 'oops');
    const { stdout, stderr, marks } = await read(server, { follow: true });
    expect(stdout).toBe(lines.join(''));
    expect(stderr).toBe('oops');
    expect(marks).toEqual([expect.stringContaining('servers before 1.8 lose the end of a log')]);
  });

  test('is not missed twice when the program ends between two connections', async () => {
    await using server = await oldServer('v1.6.0', (request, faults) => {
      if (request.number === 1) {
        request.send(['a\n']);
        request.socket.terminate();
        return;
      }
      fail(request, 'error in handler : failed to get log stream: Error response from daemon: No such container: 5');
      // Publishing takes its time.
      setTimeout(() => complete(faults, 'a\nb\nc\n'), 300);
    });
    const { stdout, marks } = await read(server, { follow: true });
    expect(stdout).toBe('a\nb\nc\n');
    expect(marks).toEqual([]);
    expect(server.requests).toHaveLength(2);
  }, 30_000);
});

test('the last chunk of a snapshot, which servers before 1.8 leave out, is read from a follow that is left then', async () => {
  await using server = await oldServer('v1.6.0', ({ query, send, socket }) => {
    const isFollow = query.get('follow') === 'true';
    send(['a\n', 'b\n', 'c\n'], isFollow ? 3 : 2);
    if (!isFollow) socket.close(1000);
  });
  expect(await read(server)).toMatchObject({ stdout: 'a\nb\nc\n', marks: [] });
  expect(server.requests.map(({ query }) => query.get('follow'))).toEqual(['false', 'true']);
  // Nothing was printed at all.
  await using silent = await oldServer('v1.6.0', ({ query, socket }) => {
    if (query.get('follow') === 'false') socket.close(1000);
  });
  expect(await read(silent)).toMatchObject({ entries: [] });
});

test('a node that does not know the execution yet is asked again soon', async () => {
  await using server = await oldServer('v1.6.0', (request, faults) => {
    if (request.number < 3) return fail(request, 'failed to get log stream. getting outputs for execution (e-2)');
    request.send(['a\n']);
    complete(faults, 'a\n');
    return request.socket.close(1000);
  });
  const { stdout, reconnects } = await read(server, { follow: true });
  expect(stdout).toBe('a\n');
  expect(reconnects.map(({ delayMs }) => delayMs < 100)).toEqual([true, true]);
});

describe('nothing is streamed', () => {
  test('of WebAssembly, on no server', async () => {
    await using server = await oldServer('v1.6.0', () => undefined);
    server.engine = 'wasm';
    setTimeout(() => complete(server, 'hello'), 50);
    const { stdout, marks } = await read(server, { follow: true });
    expect(stdout).toBe('hello');
    expect(marks).toHaveLength(1);
    expect(server.requests).toEqual([]);
  });

  test('from 1.4, which may crash when it is asked', async () => {
    await using server = await oldServer('v1.4.0', () => undefined);
    const snapshot = await read(server);
    expect(snapshot.stdout).toBe('');
    expect(snapshot.marks).toEqual([expect.stringContaining('servers before 1.5')]);
    setTimeout(() => complete(server, 'a\nlast'), 50);
    expect(await read(server, { follow: true })).toMatchObject({ stdout: 'a\nlast', marks: [] });
    expect(server.requests).toEqual([]);
  });
});

describe('the copy in the state of an ended execution', () => {
  const ended = async (stdout: string, state: number) => {
    const server = await oldServer('v1.6.0', () => undefined);
    complete(server, stdout);
    server.executionState = state;
    return server;
  };

  test('is whole if it is short, and the program ended by itself', async () => {
    await using whole = await ended('short', 9);
    expect(await read(whole)).toMatchObject({ stdout: 'short', marks: [] });
    await using long = await ended('x'.repeat(2_048), 9);
    expect((await read(long)).marks).toHaveLength(1);
  });

  test('says nothing if the program was ended', async () => {
    await using server = await ended('', 11);
    const { stdout, marks } = await read(server);
    expect(stdout).toBe('');
    expect(marks).toHaveLength(1);
  });
});
