import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { networkUrl } from './server.js';

/** What becomes of a submission: `lateMs` cuts the client off at once, and passes the request on so much later. */
export type Fate = 'request' | 'answer' | 'none' | { readonly lateMs: number };

/** Forwards to the real server and loses, as `fate` says, a submission before it arrives, or its response. */
export async function losingProxy(fate: (submission: number) => Fate | Promise<Fate>, onLost: () => void = () => {}) {
  const target = new URL(networkUrl());
  let submissions = 0;
  const server = createServer(async (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const lost = method === 'PUT' ? await fate(++submissions) : 'none';
    if (lost === 'request') return outgoing.destroy();
    const options = { hostname: target.hostname, port: target.port, method, path, headers };
    if (typeof lost === 'object') {
      const body = await buffer(incoming);
      outgoing.destroy();
      setTimeout(() => request(options, (answer) => void answer.resume()).end(body), lost.lateMs);
      return undefined;
    }
    const upstream = request(options, (answer) => {
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
