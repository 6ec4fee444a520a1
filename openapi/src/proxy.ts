/// <reference path="./ws-receiver.d.ts" />
import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Receiver } from 'ws';
import { type ConformanceChecker, createConformanceChecker, type Violation } from './checker.ts';

export interface ConformanceProxyOptions {
  /** The real server, such as `http://127.0.0.1:1234`. */
  readonly target: string;
  readonly checker?: ConformanceChecker;
  /** Returns why a request must not reach the server; it is then answered with 403. Default: all reach it. */
  readonly refuse?: (request: { readonly method: string; readonly path: string }) => Promise<string | undefined>;
}

export interface ConformanceProxy {
  /** The proxy's URL, to use in place of the target. */
  readonly url: string;
  /** The violations in all complete exchanges so far. */
  violations(): readonly Violation[];
  /** The statuses that were observed for each operation. */
  operations(): ReadonlyMap<string, ReadonlySet<number>>;
  stop(): Promise<void>;
}

/** Headers that concern one connection only. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive']);

function forwardedHeaders(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !HOP_BY_HOP.has((rawHeaders[index - (index % 2)] ?? '').toLowerCase()));
}

function headOf(response: IncomingMessage, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`];
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Records what a stream carries, without consuming it. */
function record(stream: IncomingMessage): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Starts a proxy in front of a server that forwards everything unchanged and checks each exchange. */
export async function startConformanceProxy({
  target,
  checker = createConformanceChecker(),
  refuse,
}: ConformanceProxyOptions): Promise<ConformanceProxy> {
  const { protocol, hostname, port } = new URL(target);
  if (protocol !== 'http:')
    throw new Error(`The conformance proxy supports plain HTTP only, not ${target}. Pass an http: URL.`);

  const violations: Violation[] = [];
  const operations = new Map<string, Set<number>>();
  const sockets = new Set<Duplex>();
  /** Requests that the server has not answered yet. */
  const pending = new Set<ClientRequest>();

  function examine(incoming: IncomingMessage, answer: IncomingMessage, requestBody: string, body: string): void {
    const { method = '', url: path = '' } = incoming;
    const { statusCode: status = 0, headers } = answer;
    violations.push(...checker.check({ method, path, requestBody, status, headers, body }));
    const operation = checker.operationOf(method, path);
    if (operation === undefined) return;
    const statuses = operations.get(operation) ?? new Set();
    operations.set(operation, statuses.add(status));
  }

  const forward = ({ method, url: path, rawHeaders: headers }: IncomingMessage) =>
    // One connection per request: a reused one that the server closes in the meantime would be a fault of the proxy. The
    // client's `Connection` header is forwarded, because a server that is told to close does so immediately.
    request({ hostname, port, method, path, headers, agent: false, setHost: false });

  function relay(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const requestBody = record(incoming);
    const upstream = forward(incoming);
    let answered = false;
    pending.add(upstream);
    // The client sees when the server disconnects. The server does not see when a client does: it would mix up its answers
    // to others (docs/servers.md), and they would be reported as violations.
    upstream.on('error', () => {
      if (!answered) outgoing.destroy();
    });
    upstream.on('response', (answer) => {
      answered = true;
      const body = record(answer);
      if (outgoing.destroyed) return;
      outgoing.writeHead(answer.statusCode ?? 0, answer.statusMessage, forwardedHeaders(answer.rawHeaders));
      answer.pipe(outgoing, { end: false });
      // Read to its end although nobody receives it; after the end of the pipe, which pauses the answer.
      outgoing.on('close', () => answer.resume());
      answer.on('error', () => outgoing.destroy());
      answer.on('end', () => {
        // Before the answer ends, so that a caller who has all of it also sees its violations.
        if (answer.complete && !outgoing.destroyed) examine(incoming, answer, requestBody(), body());
        outgoing.end();
      });
    });
    incoming.pipe(upstream);
    incoming.on('close', () => {
      // The server cannot process an incomplete request.
      if (!incoming.complete) upstream.destroy();
    });
    upstream.on('close', () => {
      pending.delete(upstream);
      // A server that rejects a large body answers and closes before it has read it; the client still sends the remainder.
      incoming.resume();
    });
  }

  function relayUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const upstream = forward(incoming);
    const close = () => {
      upstream.destroy();
      socket.destroy();
    };
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', close);
    upstream.on('error', close);

    upstream.on('upgrade', (answer, server, serverHead) => {
      examine(incoming, answer, '', '');
      // Frames that arrived with the head. Put back before there are listeners, or only the first would receive them.
      if (serverHead.length > 0) server.unshift(serverHead);
      const frames = new Receiver();
      frames.on('message', (data) => violations.push(...checker.checkLogFrame(data.toString('utf8'))));
      frames.on('error', (error) =>
        violations.push({ operation: 'getJobLogs', part: 'log frame', pointer: '', message: String(error) }),
      );
      server.on('data', (chunk: Buffer) => frames.write(chunk));
      server.on('error', close);
      server.on('close', () => socket.destroy());
      socket.on('close', () => server.destroy());
      socket.write(headOf(answer, answer.rawHeaders));
      if (head.length > 0) server.write(head);
      server.pipe(socket).pipe(server);
    });

    upstream.on('response', (answer) => {
      const body = record(answer);
      // The socket carries only this answer, so its end need not be marked by chunks.
      const headers = forwardedHeaders(answer.rawHeaders).filter((_, index, all) => {
        return (all[index - (index % 2)] ?? '').toLowerCase() !== 'transfer-encoding';
      });
      socket.write(headOf(answer, [...headers, 'Connection', 'close']));
      answer.pipe(socket, { end: false });
      answer.on('error', close);
      answer.on('end', () => {
        examine(incoming, answer, '', body());
        socket.end();
      });
    });
    upstream.end();
  }

  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url: path = '' } = incoming;
    const message = await refuse?.({ method, path });
    if (message === undefined) return relay(incoming, outgoing);
    incoming.resume();
    outgoing
      .writeHead(403, { 'content-type': 'application/json' })
      .end(JSON.stringify({ Status: 403, Message: message }));
    return undefined;
  });
  server.on('upgrade', relayUpgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // The address of a server that listens on a TCP port.
  const address = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${address.port}`,
    violations: () => violations,
    operations: () => operations,
    async stop() {
      for (const socket of sockets) socket.destroy();
      for (const upstream of pending) upstream.destroy();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
