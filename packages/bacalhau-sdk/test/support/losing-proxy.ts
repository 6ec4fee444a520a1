import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkUrl } from './server.js';

export type Fate = 'request' | 'answer' | 'none';

/** Forwards to the real server and loses, as `fate` says, a submission before it arrives, or its response. */
export async function losingProxy(fate: (submission: number) => Fate | Promise<Fate>, onLost: () => void = () => {}) {
  const target = new URL(networkUrl());
  let submissions = 0;
  const server = createServer(async (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const lost = method === 'PUT' ? await fate(++submissions) : 'none';
    if (lost === 'request') return outgoing.destroy();
    const upstream = request({ hostname: target.hostname, port: target.port, method, path, headers }, (answer) => {
      if (lost === 'answer') {
        answer.resume().on('end', () => {
          outgoing.destroy();
          onLost();
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(upstream);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    submissions: () => submissions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
