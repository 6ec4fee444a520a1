// Lets browsers run jobs without credentials of their own: main.ts [--host HOST] [--port PORT] [--name HOST[:PORT] …]
// [--image NAME …] [--stream-seconds NUMBER]
import type { Server } from 'node:http';
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { Bacalhau } from 'bacalhau-sdk';
import { createApp } from './app.ts';
import { POLICY } from './policy.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
    name: { type: 'string', multiple: true, default: [] },
    'stream-seconds': { type: 'string', default: String(POLICY.streamSeconds) },
    image: { type: 'string', multiple: true, default: [...POLICY.images] },
  },
});

// Reads credentials and address from the environment: BACALHAU_API_KEY, BACALHAU_API_HOST and so on.
const bacalhau = new Bacalhau();
const closing = new AbortController();
const hosts = new Set(values.name.map((name) => name.toLowerCase()));
const app = createApp({
  bacalhau,
  policy: { ...POLICY, images: values.image, streamSeconds: Number(values['stream-seconds']) },
  hosts,
  log: console.log,
  signal: closing.signal,
});

/** After this long a connection on which nothing moves is closed: that of a browser that does not read, for one. */
const SILENT_MS = 60_000;
/** How long a request may take to arrive. */
const REQUEST_MS = 30_000;

const server = serve(
  {
    fetch: app.fetch,
    hostname: values.host,
    port: Number(values.port),
    serverOptions: { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
  },
  ({ address, port, family }) => {
    const url = new URL(`http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
    hosts.add(url.host);
    if (isLoopback(address)) hosts.add(new URL(`http://localhost:${port}`).host);
    console.log(`Listening at ${url.origin}, in front of ${bacalhau.baseUrl}`);
  },
) as Server;
server.setTimeout(SILENT_MS);

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** For responses that are being sent. */
const GRACE_MS = 1_000;

async function stop(): Promise<void> {
  closing.abort();
  server.close();
  // A browser that does not read would keep its connection, and this process, open for ever.
  setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await bacalhau.close();
}
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
