import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { MemoryReplayCache, type PublicKey, SignatureError, verifyRequest } from 'bacalhau-sdk/signatures';

export interface GatewayOptions {
  /** The orchestrator, for example `http://127.0.0.1:1234`. */
  readonly target: string;
  /** The public keys of the clients that are let through, by key id. */
  readonly keys: ReadonlyMap<string, PublicKey>;
  /** Called with a line for each request. */
  readonly log: (line: string) => void;
}

/** As much as an orchestrator accepts. */
const LARGEST_BODY = 10_000_000;

/** Headers of one connection, which are not forwarded (RFC 9110, 7.6.1), and the signature, which the gateway consumes. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding']);
const SIGNATURE = new Set(['signature', 'signature-input', 'content-digest']);

/** Creates a reverse proxy that forwards requests signed with a known key, WebSockets included, and rejects all others. */
export function createGateway({ target, keys, log }: GatewayOptions): Server {
  const replayCache = new MemoryReplayCache();
  const origin = new URL(target);
  const send = origin.protocol === 'https:' ? httpsRequest : httpRequest;

  async function admit(incoming: IncomingMessage, body: Buffer): Promise<string> {
    const { method = '', url = '', headers } = incoming;
    const { keyId } = await verifyRequest({ method, url, headers, body }, { key: (id) => keys.get(id), replayCache });
    log(`${keyId} ${method} ${url}`);
    return keyId;
  }

  const forward = (incoming: IncomingMessage, more: Record<string, string>) => {
    const { method, url = '/', headers } = incoming;
    const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !SIGNATURE.has(name));
    // Forward exactly the path that was signed, without a prefix.
    return send(new URL(origin), {
      method,
      path: url,
      headers: { ...Object.fromEntries(kept), host: origin.host, ...more },
    });
  };

  async function relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await readBody(incoming);
      await admit(incoming, body);
    } catch (error) {
      const [status, message] = explain(error);
      log(`rejected ${incoming.method} ${incoming.url}: ${message}`);
      outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      outgoing.end(refusal(status, message, incoming));
      return;
    }
    // Orchestrators reject bodies of unknown length.
    const upstream = forward(incoming, body.length > 0 ? { 'content-length': String(body.length) } : {});
    upstream.on('error', () =>
      outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end('The orchestrator does not respond.'),
    );
    outgoing.on('close', () => upstream.destroy());
    upstream.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    upstream.end(body);
  }

  async function relayUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      await admit(incoming, Buffer.alloc(0));
    } catch (error) {
      const [status, message] = explain(error);
      log(`rejected ${incoming.method} ${incoming.url}: ${message}`);
      const text = refusal(status, message, incoming);
      const type = 'Content-Type: application/json';
      socket.end(
        `HTTP/1.1 ${status} Rejected\r\n${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
      );
      return;
    }
    const upstream = forward(incoming, { connection: 'upgrade' });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.on('response', (response) => {
      socket.write(
        `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${headerLines(response)}Connection: close\r\n\r\n`,
      );
      response.pipe(socket);
    });
    upstream.on('upgrade', (response, server, serverHead) => {
      socket.write(`HTTP/1.1 101 ${response.statusMessage}\r\n${headerLines(response)}Connection: Upgrade\r\n\r\n`);
      socket.write(serverHead);
      server.write(head);
      server.on('error', () => socket.destroy());
      server.on('close', () => socket.destroy());
      socket.on('close', () => server.destroy());
      server.pipe(socket).pipe(server);
    });
    upstream.end();
  }

  return createServer((incoming, outgoing) => void relay(incoming, outgoing)).on(
    'upgrade',
    (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void relayUpgrade(incoming, socket, head),
  );
}

class TooLarge extends Error {}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new TooLarge('The body is larger than 10,000,000 bytes.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function explain(error: unknown): [status: number, message: string] {
  if (error instanceof SignatureError) return [error.problem === 'overloaded' ? 503 : 401, error.message];
  if (error instanceof TooLarge) return [413, error.message];
  return [500, 'The gateway failed.'];
}

/** Formats an error as orchestrators do, so that every client can read it. */
function refusal(status: number, message: string, incoming: IncomingMessage): string {
  const id = incoming.headers['x-request-id'];
  const RequestID = typeof id === 'string' ? id : '';
  const Hint = 'This gateway accepts only requests that are signed with a known key: new Bacalhau({ signer }).';
  return JSON.stringify({
    Status: status,
    Message: message,
    RequestID,
    Code: 'Unauthorized',
    Component: 'Gateway',
    Hint,
  });
}

function headerLines({ headers }: IncomingMessage): string {
  return Object.entries(headers)
    .filter(([name]) => !HOP_BY_HOP.has(name))
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : value}\r\n`)
    .join('');
}
