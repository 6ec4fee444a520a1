import WebSocket from 'ws';
import type { Upgrade } from '../../src/transport/index.js';

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
