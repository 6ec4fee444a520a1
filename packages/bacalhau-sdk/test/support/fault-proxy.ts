import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Fault, FaultPlan } from './faults.js';

/** What a request met. */
export interface Dealt {
  readonly route: string;
  readonly fault: Fault;
}

export interface FaultProxy extends AsyncDisposable {
  /** To be used in place of the target. */
  readonly url: string;
  /** Host and port of it. */
  readonly host: string;
  /** What happens to the requests that come; may be replaced. */
  plan: FaultPlan;
  /** Every request so far and what it met. */
  readonly dealt: readonly Dealt[];
  /** Connections that clients have open. */
  sockets(): number;
}

/** An upgraded connection has no length: the shares of its faults are of so many bytes. */
const STREAM_BYTES = 4_000;
/** Between the pieces of a slow answer. */
const PIECE_PAUSE_MS = 2;

/**
 * Stands in front of a real server and spoils what the plan says, WebSockets included. Everything else passes unchanged.
 */
export async function faultProxy(target: string, plan: FaultPlan): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true, timeout: 10_000 });
  const numbers = new Map<string, number>();
  const dealt: Dealt[] = [];
  const open = new Set<Duplex>();

  function deal({ method = '', url = '' }: IncomingMessage): Fault {
    const route = `${method} ${routeOf(url)}`;
    const number = (numbers.get(route) ?? 0) + 1;
    numbers.set(route, number);
    const fault = proxy.plan({ route, number });
    dealt.push({ route, fault });
    return fault;
  }

  /** Has the server carry the request out. Rejects if it gives no whole answer. */
  function carryOut(incoming: IncomingMessage): Promise<{ head: IncomingMessage; body: Buffer }> {
    const { method, url: path, headers } = incoming;
    return new Promise((resolve, reject) => {
      const upstream = request({ hostname, port, method, path, headers, agent }, (head) => {
        const chunks: Buffer[] = [];
        head.on('data', (chunk: Buffer) => chunks.push(chunk));
        head.on('end', () => resolve({ head, body: Buffer.concat(chunks) }));
        head.on('error', reject);
      });
      upstream.on('error', reject);
      incoming.pipe(upstream);
    });
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = deal(incoming);
    const { socket } = incoming;
    if (fault.kind === 'lost request') return void socket.resetAndDestroy();
    if ('arrives' in fault && !fault.arrives) {
      incoming.resume();
      if (fault.kind === 'refused') refuse(outgoing, fault);
      if (fault.kind === 'gateway') answerAsGateway(outgoing, fault.status);
      return;
    }
    const { head, body } = await carryOut(incoming);
    const write = (share: number, length: number, then: () => void): void => {
      const { 'transfer-encoding': _, ...headers } = head.headers;
      outgoing.writeHead(head.statusCode ?? 0, { ...headers, 'content-length': length });
      // Even an empty piece, so that `then` comes once the head is out.
      outgoing.flushHeaders();
      outgoing.write(body.subarray(0, Math.floor(share * body.length)), then);
    };
    switch (fault.kind) {
      case 'none':
        return write(1, body.length, () => outgoing.end());
      case 'lost answer':
        return void socket.destroy();
      case 'refused':
        return refuse(outgoing, fault);
      case 'gateway':
        return answerAsGateway(outgoing, fault.status);
      case 'silent':
        return;
      case 'reset':
        return write(fault.after, body.length, () => socket.resetAndDestroy());
      case 'stalled':
        return write(fault.after, body.length, () => undefined);
      case 'truncated':
        return write(fault.after, Math.floor(fault.after * body.length), () => outgoing.end());
      case 'slow':
        write(0, body.length, () => undefined);
        for (const piece of pieces(body, fault.pieces)) {
          await new Promise((resolve) => setTimeout(resolve, PIECE_PAUSE_MS));
          outgoing.write(piece);
        }
        outgoing.end();
    }
  }

  function upgrade(incoming: IncomingMessage, client: Socket, first: Buffer): void {
    const fault = deal(incoming);
    client.on('error', () => undefined);
    // Sockets of a HTTP server stay half open by themselves.
    client.on('end', () => client.destroy());
    if (fault.kind === 'lost request') return void client.resetAndDestroy();
    if (fault.kind === 'refused') {
      const { status, retryAfter } = fault;
      const wish = retryAfter === undefined ? '' : `retry-after: ${retryAfter}\r\n`;
      return void client.end(`HTTP/1.1 ${status} No\r\n${wish}content-length: 0\r\nconnection: close\r\n\r\n`);
    }
    if (fault.kind === 'gateway') {
      return void client.end(`HTTP/1.1 ${fault.status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    }
    const silent = fault.kind === 'silent';
    // Read all the same, or its end would go unnoticed.
    if (silent && !fault.arrives) return void client.resume();
    const server = connect(Number(port), hostname);
    const close = (): void => void server.destroy();
    server.on('error', close);
    server.on('close', () => (silent ? undefined : client.destroy()));
    client.on('close', close);
    server.write(headOf(incoming));
    server.write(first);
    client.pipe(server);
    if (silent) return void server.resume();
    if (fault.kind === 'lost answer') return void server.once('data', () => client.destroy());
    if (fault.kind === 'none') return void server.pipe(client);
    let left = fault.kind === 'slow' ? Number.POSITIVE_INFINITY : Math.floor(fault.after * STREAM_BYTES);
    server.on('data', (chunk: Buffer) => {
      // In pieces that have nothing to do with the frames.
      const passed = chunk.subarray(0, Math.min(chunk.length, left));
      for (const piece of fault.kind === 'slow' ? pieces(passed, fault.pieces) : [passed]) client.write(piece);
      left -= passed.length;
      if (left > 0) return;
      if (fault.kind === 'reset') client.resetAndDestroy();
      else if (fault.kind === 'truncated') client.end();
    });
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined);
    // A server that is gone is for the client to see as just that.
    answer(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, first: Buffer) => {
    if (socket instanceof Socket) upgrade(incoming, socket, first);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: FaultProxy = {
    url: `http://${host}`,
    host,
    plan,
    dealt,
    sockets: () => open.size,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** The request's way without what differs from run to run: ids, names, queries, and the host and base of the API. */
function routeOf(url: string): string {
  const [path = ''] = url.split('?');
  if (!path.startsWith('/api/v1/')) return 'file';
  return path.replace('/api/v1/', '').replace(/^(orchestrator\/(?:jobs|nodes))\/[^/]+/, '$1/*');
}

function refuse(outgoing: ServerResponse, { status, retryAfter }: Extract<Fault, { kind: 'refused' }>): void {
  const headers = { 'content-type': 'text/plain', ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
  outgoing.writeHead(status, headers).end(status === 503 ? 'Server Timeout!' : 'slow down');
}

function answerAsGateway(outgoing: ServerResponse, status: 502 | 504): void {
  const reason = status === 502 ? 'Bad Gateway' : 'Gateway Time-out';
  const page = `<html><head><title>${status} ${reason}</title></head><body><h1>${status} ${reason}</h1></body></html>`;
  outgoing.writeHead(status, { 'content-type': 'text/html' }).end(page);
}

function* pieces(bytes: Buffer, count: number): Generator<Buffer> {
  const size = Math.max(1, Math.ceil(bytes.length / count));
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
