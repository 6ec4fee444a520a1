import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import {
  type PublicKey,
  type ReplayCache,
  SignatureError,
  type SignatureProblem,
  verifyRequest,
} from 'bacalhau-sdk/signatures';

export interface GatewayOptions {
  /** The orchestrator, for example `http://127.0.0.1:1234`. */
  readonly target: string;
  /** The hosts by which clients address this gateway, with their ports: requests that were signed for others are rejected. */
  readonly authority: readonly string[];
  /** Remembers requests. A `MemoryReplayCache` needs `STARTUP_MS` before it can tell new requests from repeated ones. */
  readonly replayCache: ReplayCache;
  /** The public keys of the clients that are let through, by key id. */
  readonly keys: ReadonlyMap<string, PublicKey>;
  /** Called with a line for each request. */
  readonly log: (line: string) => void;
}

/** As much as an orchestrator accepts. */
const LARGEST_BODY = 10_000_000;
/** How many bodies are held in memory at once. */
const BODIES = 16;

/** How much the clocks of clients may be ahead. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** What is signed this long after the start cannot have been seen before it; signatures have whole seconds. */
export const STARTUP_MS = (CLOCK_TOLERANCE_SECONDS + 1) * 1_000;

/** Headers of one connection, which are not forwarded (RFC 9110, 7.6.1), and the signature, which the gateway consumes. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding']);
const SIGNATURE = new Set(['signature', 'signature-input', 'content-digest']);

/** Creates a reverse proxy that forwards requests signed with a known key, WebSockets included, and rejects all others. */
export function createGateway({ target, authority, replayCache, keys, log }: GatewayOptions): Server {
  let bodies = 0;
  const origin = new URL(target);
  const send = origin.protocol === 'https:' ? httpsRequest : httpRequest;

  /** Admits a signed request. Nothing of the body is read unless the signature is valid. Resolves with the body. */
  async function admit(incoming: IncomingMessage, body?: () => AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    // `headers` would hide a second Host.
    const { method = '', url = '', headersDistinct: headers } = incoming;
    // Otherwise the request line would name a host that is forwarded.
    if (!url.startsWith('/')) throw new Rejection(400, 'The request line must contain a path, not a URL.');
    const verified = await verifyRequest(
      { method, url, headers, body },
      {
        authority,
        key: (id) => keys.get(id),
        replayCache,
        clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
        maxBodyBytes: LARGEST_BODY,
      },
    );
    log(`${verified.keyId} ${method} ${url}`);
    return verified.body;
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
    let body: Uint8Array;
    try {
      body = await admit(incoming, () => {
        if (hasBody(incoming)) {
          if (bodies >= BODIES) throw new Rejection(503, 'Too many bodies are being received. Try again.');
          bodies += 1;
          outgoing.once('close', () => {
            bodies -= 1;
          });
        }
        // Leaves the connection open for the response.
        return incoming.iterator({ destroyOnReturn: false });
      });
    } catch (error) {
      const [status, message] = explain(error);
      log(`rejected ${incoming.method} ${incoming.url}: ${message}`);
      const retry = status === 503 && { 'retry-after': '1' };
      outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...retry });
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
      if (incoming.headers.upgrade?.toLowerCase() !== 'websocket') {
        throw new Rejection(400, 'Connections can be upgraded to WebSockets only.');
      }
      await admit(incoming);
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

class Rejection extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Of problems that the signature is not to blame for. */
const STATUS: Partial<Record<SignatureProblem, number>> = {
  'too-large': 413,
  'unread-body': 408,
  overloaded: 503,
  'predates-cache': 503,
};

function explain(error: unknown): [status: number, message: string] {
  const { cause } = error instanceof SignatureError ? error : {};
  if (cause instanceof Rejection) return explain(cause);
  if (error instanceof SignatureError) return [STATUS[error.problem] ?? 401, error.message];
  if (error instanceof Rejection) return [error.status, error.message];
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
