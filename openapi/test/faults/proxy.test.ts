import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type ConformanceProxy, startConformanceProxy } from '../../src/index.js';

// A made-up server, because a real one cannot be told to answer wrongly.
let server: Server;
let proxy: ConformanceProxy;
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
let upgrade: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;

beforeEach(async () => {
  server = createServer((incoming, outgoing) => answer(incoming, outgoing));
  server.on('upgrade', (incoming, socket, head) => upgrade(incoming, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startConformanceProxy({ target: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  await proxy.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const sendJson = (status: number, body: unknown) => (_: IncomingMessage, outgoing: ServerResponse) =>
  outgoing
    .writeHead(status, { 'Content-Type': 'application/json', 'X-Bacalhau-Git-Version': 'v1.9.3' })
    .end(JSON.stringify(body));

const alive = () => fetch(`${proxy.url}/api/v1/agent/alive`);

test('forwards a valid response and reports nothing', async () => {
  answer = sendJson(200, { Status: 'OK' });
  const response = await alive();
  expect(response.status).toBe(200);
  expect(response.headers.get('X-Bacalhau-Git-Version')).toBe('v1.9.3');
  expect(await response.json()).toEqual({ Status: 'OK' });
  expect(proxy.violations()).toEqual([]);
  expect(proxy.operations()).toEqual(new Map([['getAgentAlive', new Set([200])]]));
});

test('forwards an invalid response unchanged, and reports what is wrong by the time the caller has it', async () => {
  answer = sendJson(200, { Status: 1, Mood: 'fine' });
  expect(await (await alive()).json()).toEqual({ Status: 1, Mood: 'fine' });
  expect(proxy.violations()).toEqual([
    { operation: 'getAgentAlive', part: 'response', status: 200, pointer: '/Mood', message: 'is not in the document' },
    { operation: 'getAgentAlive', part: 'response', status: 200, pointer: '/Status', message: 'must be string' },
  ]);
});

test('sends a body of known length with its length, because servers refuse chunked ones', async () => {
  let seen: IncomingMessage['headers'] = {};
  answer = (incoming, outgoing) => {
    seen = incoming.headers;
    incoming.resume().on('end', () => sendJson(200, { EvaluationID: '' })(incoming, outgoing));
  };
  const stop = { method: 'DELETE', headers: { 'Content-Type': 'application/json' } };
  await fetch(`${proxy.url}/api/v1/orchestrator/jobs/x`, { ...stop, body: '{"Reason":"no"}' });
  expect(seen).toMatchObject({ 'content-length': '15' });
  expect(seen).not.toHaveProperty('transfer-encoding');
  expect(proxy.violations()).toMatchObject([{ part: 'request', pointer: '/Reason' }]);
});

test('does not report a response whose client has given up', async () => {
  answer = (_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'application/json' });
    outgoing.write('{"Status":');
  };
  const controller = new AbortController();
  const response = await fetch(`${proxy.url}/api/v1/agent/alive`, { signal: controller.signal });
  const gone = new Promise((resolve) => server.once('connection', resolve));
  controller.abort();
  await expect(response.text()).rejects.toThrow();

  answer = sendJson(200, { Status: 'OK' });
  await alive();
  await gone;
  expect(proxy.violations()).toEqual([]);
});

describe('a client that gives up', () => {
  /** More than the buffers of all connections take. */
  const LONG = JSON.stringify({ Status: 'x'.repeat(30_000_000) });

  test.each(['before the answer', 'within the answer'])('%s lets the server finish', async (when) => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve, reject) => {
      answer = (_, outgoing) => {
        outgoing.on('close', () => (outgoing.writableFinished ? resolve() : reject(new Error('was cut'))));
        if (when === 'within the answer') {
          outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': LONG.length });
          outgoing.write(LONG.slice(0, LONG.length / 2));
          finish = () => void outgoing.end(LONG.slice(LONG.length / 2));
        } else finish = () => void outgoing.end(LONG);
      };
    });
    const controller = new AbortController();
    const asked = new Promise((resolve) => server.once('request', resolve));
    const call = fetch(`${proxy.url}/api/v1/agent/alive`, { signal: controller.signal });
    await asked;
    if (when === 'within the answer') await call;
    controller.abort();
    await expect(call.then((response) => response.text())).rejects.toThrow();
    // The proxy hears of another client later than of this one's end.
    answer = sendJson(200, { Status: 'OK' });
    await alive();
    finish();
    await finished;
    expect(proxy.violations()).toEqual([]);
  });
});

test('closes the connection where the server does', async () => {
  answer = (_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
    outgoing.write('{"Status":"OK"', () => outgoing.destroy());
  };
  await expect(alive().then((response) => response.text())).rejects.toThrow();
  answer = (incoming) => incoming.destroy();
  await expect(alive()).rejects.toThrow();
  expect(proxy.violations()).toEqual([]);
});

test('lets a client finish sending a request that the server has already refused', async () => {
  answer = (incoming, outgoing) => {
    sendJson(413, { Status: 413, Message: '', RequestID: '', Code: '', Component: '' })(incoming, outgoing);
    // Servers read no more, and close after half a second.
    incoming.socket.pause();
    setTimeout(() => incoming.socket.destroy(), 100);
  };
  const status = await new Promise((resolve, reject) => {
    const outgoing = request(`${proxy.url}/api/v1/orchestrator/jobs`, { method: 'PUT' }, (response) => {
      response.resume();
      outgoing.on('finish', () => resolve(response.statusCode));
    });
    outgoing.on('error', reject);
    outgoing.end(Buffer.alloc(30_000_000, 'x'));
  });
  expect(status).toBe(413);
  expect(proxy.violations()).toEqual([]);
});

describe('a log socket', () => {
  const open = () => new WebSocket(`${proxy.url.replace('http', 'ws')}/api/v1/orchestrator/jobs/x/logs?follow=true`);
  const framesOf = (socket: WebSocket) =>
    new Promise<string[]>((resolve, reject) => {
      const frames: string[] = [];
      socket.on('message', (data) => frames.push(data.toString()));
      socket.on('close', (code) => resolve([...frames, String(code)]));
      socket.on('error', reject);
    });

  test('has its frames forwarded and checked, even those that come with the response head', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    upgrade = (incoming, socket, head) => {
      socket.cork();
      sockets.handleUpgrade(incoming, socket, head, (opened) => {
        opened.send('{"value":{"Type":1,"Line":"one\\n"}}');
        opened.send('{"value":{"Type":1}}');
        opened.close(1000);
      });
      socket.uncork();
    };
    expect(await framesOf(open())).toEqual(['{"value":{"Type":1,"Line":"one\\n"}}', '{"value":{"Type":1}}', '1000']);
    expect(proxy.violations()).toEqual([
      { operation: 'getJobLogs', part: 'log frame', pointer: '/value', message: "must have required property 'Line'" },
    ]);
    expect(proxy.operations().get('getJobLogs')).toEqual(new Set([101]));
  });

  test('that the server refuses is refused', async () => {
    upgrade = (_, socket) => {
      const body = JSON.stringify({ Status: 401, Message: '', RequestID: '', Code: '', Component: '', Mood: 'bad' });
      socket.end(
        `HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    };
    await expect(framesOf(open())).rejects.toThrow('401');
    expect(proxy.violations()).toContainEqual(expect.objectContaining({ status: 401, pointer: '/Mood' }));
  });

  test('does not keep the proxy from stopping', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    upgrade = (incoming, socket, head) => sockets.handleUpgrade(incoming, socket, head, () => undefined);
    const socket = open();
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await proxy.stop();
    await closed;
  });
});

test('refuses a target with an unsupported scheme', async () => {
  await expect(startConformanceProxy({ target: 'https://127.0.0.1:1' })).rejects.toThrow('plain HTTP only');
});
