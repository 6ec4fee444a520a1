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
}

export interface ConformanceProxy {
  /** To be used in place of the target. */
  readonly url: string;
  /** What was found in all complete answers so far. */
  violations(): readonly Violation[];
  /** The statuses that each operation was seen to answer with. */
  operations(): ReadonlyMap<string, ReadonlySet<number>>;
  stop(): Promise<void>;
}

/** Of the connection to the server only. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive']);

function passedOn(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !HOP_BY_HOP.has((rawHeaders[index - (index % 2)] ?? '').toLowerCase()));
}

function headOf(response: IncomingMessage, headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`];
  for (let index = 0; index < headers.length; index += 2) lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Keeps what goes through the stream, without being in its way. */
function recorded(stream: IncomingMessage): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A server in front of the real one that passes everything on unchanged and checks what comes back. */
export async function startConformanceProxy({
  target,
  checker = createConformanceChecker(),
}: ConformanceProxyOptions): Promise<ConformanceProxy> {
  const { protocol, hostname, port } = new URL(target);
  if (protocol !== 'http:') throw new Error(`The conformance proxy speaks plain HTTP only, not ${target}`);

  const violations: Violation[] = [];
  const operations = new Map<string, Set<number>>();
  const sockets = new Set<Duplex>();
  /** What the server has not answered yet. */
  const asked = new Set<ClientRequest>();

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
    // A connection a request: a kept one that the server closes meanwhile would be a fault of the proxy's own. The
    // client's `Connection` header goes along, for a server that is told to close does so without waiting to be heard.
    request({ hostname, port, method, path, headers, agent: false, setHost: false });

  function relay(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const requestBody = recorded(incoming);
    const upstream = forward(incoming);
    let answered = false;
    asked.add(upstream);
    // A server that goes away is for the client to see as just that. A client that does is not for the server to see:
    // one that is told mixes up its answers to others (docs/servers.md), and they would be taken for mistakes.
    upstream.on('error', () => {
      if (!answered) outgoing.destroy();
    });
    upstream.on('response', (answer) => {
      answered = true;
      const body = recorded(answer);
      if (outgoing.destroyed) return;
      outgoing.writeHead(answer.statusCode ?? 0, answer.statusMessage, passedOn(answer.rawHeaders));
      answer.pipe(outgoing, { end: false });
      // To its end, though nobody is there to have it; later than what ends the pipe, which pauses the answer.
      outgoing.on('close', () => answer.resume());
      answer.on('error', () => outgoing.destroy());
      answer.on('end', () => {
        // Before the answer ends, so that a caller who has it all also sees what was wrong with it.
        if (answer.complete && !outgoing.destroyed) examine(incoming, answer, requestBody(), body());
        outgoing.end();
      });
    });
    incoming.pipe(upstream);
    incoming.on('close', () => {
      // Of half a request the server cannot make a whole one.
      if (!incoming.complete) upstream.destroy();
    });
    upstream.on('close', () => {
      asked.delete(upstream);
      // A server that refuses a large body answers and closes before it has read it; the client still sends the rest.
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
      // Frames that came along with the head. Put back before anyone listens, or only the first to listen would get them.
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
      const body = recorded(answer);
      // The socket serves this one answer, so its end needs no chunks to mark it.
      const headers = passedOn(answer.rawHeaders).filter((_, index, all) => {
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

  const server = createServer(relay);
  server.on('upgrade', relayUpgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a TCP port has this kind of address.
  const address = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${address.port}`,
    violations: () => violations,
    operations: () => operations,
    async stop() {
      for (const socket of sockets) socket.destroy();
      for (const upstream of asked) upstream.destroy();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
