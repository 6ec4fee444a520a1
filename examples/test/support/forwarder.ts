import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port that leads to another one, and knows what passes: how much comes back, and how many WebSockets are open. */
export interface Forwarder extends AsyncDisposable {
  readonly port: number;
  readonly webSockets: number;
  /** Bytes that came back over WebSockets, in all. */
  readonly received: number;
}

export async function forwarder(target: { readonly host: string; readonly port: number }): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  const open = new Set<Socket>();
  let received = 0;
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        open.delete(near);
        other.destroy();
      });
    }
    near.on('data', (data) => {
      if (/^upgrade: websocket/im.test(data.toString('latin1'))) open.add(near);
    });
    far.on('data', (data) => {
      if (open.has(near)) received += data.length;
    });
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get webSockets() {
      return open.size;
    },
    get received() {
      return received;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
