import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { JOB_ID, type LogFaultServer, type LogRequest, logFaultServer } from '../support/log-fault-server.js';
import { until, within } from '../support/within.js';

const source = join(__dirname, '..', '..', 'src');

/** A Worker that reads the log of the job: all of it, or up to the first line. */
const WORKER = `
  import { Bacalhau } from './index.js';
  export default {
    async fetch(request) {
      const { baseUrl, first = false } = await request.json();
      const bacalhau = new Bacalhau({ baseUrl, auth: { apiKey: 'secret' }, headers: { 'X-Team': 'blue' } });
      const lines = [];
      try {
        for await (const { text } of bacalhau.jobs.handle('${JOB_ID}').logs({ lines: true })) {
          lines.push(text);
          if (first) break;
        }
        return Response.json({ lines });
      } catch ({ name, message, status }) {
        return Response.json({ lines, name, message, status });
      }
    },
  };`;

let worker: Miniflare;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: WORKER, resolveDir: source },
    ...{ bundle: true, write: false, platform: 'browser', format: 'esm', logLevel: 'error' },
    alias: { '#platform': join(source, 'platform/workerd/index.ts') },
  });
  const script = outputFiles[0]?.text ?? '';
  worker = new Miniflare({ modules: true, script, compatibilityDate: '2026-04-01', cf: false });
  await worker.ready;
}, 60_000);
afterAll(() => worker.dispose());

async function read({ url }: LogFaultServer, options: { readonly first?: boolean } = {}): Promise<unknown> {
  const response = await worker.dispatchFetch('http://worker.test/', {
    method: 'POST',
    body: JSON.stringify({ baseUrl: url, ...options }),
  });
  return response.json();
}

const endOf = (server: LogFaultServer): void => {
  server.executionState = 9;
  server.jobState = 'Completed';
};

test('a Worker reads a log with a key and headers', async () => {
  await using server = await logFaultServer(({ send, socket }) => {
    send(['one\n', 'two\n', 'größer']);
    socket.close(1000);
  });
  endOf(server);
  expect(await read(server)).toEqual({ lines: ['one', 'two', 'größer'] });
  const [{ headers } = {} as LogRequest] = server.requests;
  expect(headers).toMatchObject({ authorization: 'Bearer secret', 'x-team': 'blue' });
  await until(() => server.open() === 0);
});

test('a Worker that stops reading closes the WebSocket', async () => {
  await using server = await logFaultServer(({ send }) => send(['one\n', 'two\n']));
  expect(await read(server, { first: true })).toEqual({ lines: ['one'] });
  await until(() => server.open() === 0);
});

test('a refused key is an AuthenticationError in a Worker', async () => {
  await using server = await logFaultServer(() => undefined);
  server.refuse = { status: 401, body: '{"Message":"who are you"}' };
  expect(await read(server)).toMatchObject({
    name: 'AuthenticationError',
    status: 401,
    message: expect.stringMatching(/who are you/),
  });
});

test.each<[string, (socket: LogRequest['socket']) => void]>([
  ['breaks', (socket) => socket.terminate()],
  ['brings a binary message', (socket) => socket.send(Buffer.from('binary'))],
])('a connection that %s is opened again in a Worker, and no line is repeated', async (_what, disturb) => {
  await using server = await logFaultServer(({ number, send, socket }) => {
    send(['one\n', 'two\n'], number);
    if (number === 1) disturb(socket);
    else socket.close(1000);
  });
  endOf(server);
  expect(await read(server)).toEqual({ lines: ['one', 'two'] });
  expect(server.requests).toHaveLength(2);
});

test('a response without an end, instead of a WebSocket, does not keep a Worker waiting', async () => {
  await using server = await logFaultServer(() => undefined);
  server.refuse = 'no end of the body';
  expect(await within(20_000, 'the log', read(server))).toMatchObject({ name: 'LogStreamError' });
});
