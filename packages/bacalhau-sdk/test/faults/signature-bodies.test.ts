import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Ed25519Identity } from '../../src/keys/ed25519.js';
import { MemoryReplayCache, SignatureError, signRequest, verifyRequest } from '../../src/signatures/entry.js';

const bytes = (text: string) => new TextEncoder().encode(text);
let key: Ed25519Identity;
let server: Server;
let port: number;
let pulled = 0;
beforeAll(async () => {
  key = await Ed25519Identity.generate();
  server = createServer(async (incoming, outgoing) => {
    const { method = '', url = '', headersDistinct: headers } = incoming;
    const body = () => {
      pulled += 1;
      return incoming.iterator({ destroyOnReturn: false });
    };
    const own = {
      authority: `127.0.0.1:${port}`,
      key: (id: string) => (id === key.keyId ? key : undefined),
      replayCache: new MemoryReplayCache({ since: 0 }),
      maxBodyBytes: 1_000,
    };
    const result = await verifyRequest({ method, url, headers, body }, own).then(
      (verified) => `passed ${verified.body.length}`,
      (error: unknown) => (error instanceof SignatureError ? error.problem : String(error)),
    );
    outgoing.writeHead(200, { connection: 'close' }).end(result);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  pulled = 0;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Sends bytes and waits for the end; the body may stay unfinished. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('close', () => resolve(answer.split('\r\n\r\n')[1] ?? ''));
    socket.on('error', reject);
  });
const head = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const lines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
const sign = (body: string) =>
  signRequest({ method: 'PUT', url: `http://127.0.0.1:${port}/a`, headers: {}, body: bytes(body) }, key);

test('verifyRequest: an unsigned request with an unfinished body is answered at once', async () => {
  const request = ['PUT /a HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Content-Length: 900'];
  expect(await raw(`${head(request)}x`)).toMatch(/missing/);
  expect(pulled).toBe(0);
});

test('verifyRequest: a body in chunks that grows too large is answered', async () => {
  const request = [
    'PUT /a HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Transfer-Encoding: chunked',
    ...lines(await sign('')),
  ];
  expect(await raw(`${head(request)}${`64\r\n${'x'.repeat(100)}\r\n`.repeat(11)}`)).toMatch(/too-large/);
});

test('verifyRequest: a second Host, which Node’s headers hide, is refused', async () => {
  const own = lines(await sign('body'));
  const host = `Host: 127.0.0.1:${port}`;
  const length = 'Content-Length: 4';
  expect(await raw(`${head(['PUT /a HTTP/1.1', host, 'Host: evil', length, ...own])}body`)).toMatch(/malformed/);
  expect(await raw(`${head(['PUT /a HTTP/1.1', host, length, ...own])}body`)).toMatch(/passed 4/);
});

test('verifyRequest: an absolute request target with another Host is refused', async () => {
  const request = [
    `PUT http://127.0.0.1:${port}/a HTTP/1.1`,
    'Host: evil',
    'Content-Length: 4',
    ...lines(await sign('body')),
  ];
  expect(await raw(`${head(request)}body`)).toMatch(/malformed/);
});
