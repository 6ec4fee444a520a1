import http from 'node:http';
import https from 'node:https';
import type { Connections } from '../platform.js';

/**
 * How long an unused socket is kept, in milliseconds. Bacalhau's server closes idle ones after 20 s (its read
 * timeout); a request sent into that moment would fail, so ours are closed first.
 */
const IDLE_SOCKET_MS = 15_000;

export function openConnections(): Connections {
  const options = { keepAlive: true, timeout: IDLE_SOCKET_MS } as const;
  const agents = { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
  return {
    agents,
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}
