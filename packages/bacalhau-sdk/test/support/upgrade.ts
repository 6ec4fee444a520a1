import WebSocket from 'ws';
import type { Transport } from '../../src/http/transport.js';
import type { Upgrade } from '../../src/logs/upgrade.js';
import { prepareUpgrade } from '../../src/logs/upgrade.js';

/** The opening request of a log socket, as the transport would send it. */
export const prepareLogs = (transport: Transport): Promise<Upgrade> =>
  prepareUpgrade(
    transport,
    'test',
    { path: '/api/v1/orchestrator/jobs/j-none/logs', query: {}, headers: undefined },
    new AbortController().signal,
  );

/** Opens a WebSocket as it was prepared; the status that the server answers with. Rejects if there is no answer. */
export function upgradeStatus({ url, headers, agent }: Upgrade): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers, agent: agent as import('node:http').Agent });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}
