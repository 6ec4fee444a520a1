import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

/** What jest loads by `require` runs in a vm, where `import()` fails: the CommonJS build must not have one left. */
test('the CommonJS build opens a WebSocket within jest', async () => {
  const { platform } = require(join(__dirname, '..', '..', 'dist', 'platform', 'node', 'index.cjs'));
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, { headers }) => {
    socket.send(String(headers['x-team']));
    socket.close(1000, 'enough');
  });
  await once(server, 'listening');
  const texts: string[] = [];
  const { port } = server.address() as AddressInfo;
  const end: unknown = await platform.openWebSocket(`ws://127.0.0.1:${port}`, {
    headers: { 'X-Team': 'blue' },
    agent: undefined,
    signal: new AbortController().signal,
    onOpen: () => texts.push('open'),
    onText: (text: string) => texts.push(text),
  });
  expect(texts).toEqual(['open', 'blue']);
  expect(end).toEqual({ kind: 'closed', code: 1000, reason: 'enough' });
  await new Promise((resolve) => server.close(resolve));
});
