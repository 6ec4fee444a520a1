// Lets browsers run jobs without credentials of their own: main.ts [--host HOST] [--port PORT] [--image NAME …]
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { Bacalhau } from 'bacalhau-sdk';
import { createApp } from './app.ts';
import { POLICY } from './policy.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
    image: { type: 'string', multiple: true, default: [...POLICY.images] },
  },
});

// Reads credentials and address from the environment: BACALHAU_API_KEY, BACALHAU_API_HOST and so on.
const bacalhau = new Bacalhau();
const closing = new AbortController();
const app = createApp({
  bacalhau,
  policy: { ...POLICY, images: values.image },
  log: console.log,
  signal: closing.signal,
});

const server = serve({ fetch: app.fetch, hostname: values.host, port: Number(values.port) }, ({ address, port }) =>
  console.log(`Listening at http://${address}:${port}, in front of ${bacalhau.baseUrl}`),
);

/** For responses that are being sent. */
const GRACE_MS = 1_000;

async function stop(): Promise<void> {
  closing.abort();
  server.close();
  // A browser that does not read would keep its connection, and this process, open for ever.
  setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), GRACE_MS);
  await bacalhau.close();
}
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
