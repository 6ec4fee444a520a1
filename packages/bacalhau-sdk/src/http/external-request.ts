import axios, { type AxiosRequestConfig } from 'axios';
import type { ForwardProxy, HttpAgent } from '../platform/platform.js';
import { BrokenConnection } from './broken-connection.js';
import { type Headers, plainHeaders } from './headers.js';
import type { Link } from './session.js';
import type { Transport } from './transport.js';

/** A request to a place that is not the API: where a compute node or a store keeps results. */
export interface ExternalRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** The only headers that are sent, apart from those that HTTP needs. */
  readonly headers: Headers;
}

export interface ExternalResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Headers;
  /** As it comes from the network: nothing is decompressed, except by browsers. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** How to get there; by scheme, because a redirect may change it. */
interface ExternalRoute {
  readonly httpAgent?: HttpAgent | undefined;
  readonly httpsAgent?: HttpAgent | undefined;
  readonly proxy: ForwardProxy | false;
}

const MAX_REDIRECTS = 5;

/**
 * An instance without axios's global defaults and interceptors: an application may have put its own credentials there.
 * `xhr`, which axios prefers in browsers, cannot stream.
 */
const outside = new axios.Axios({
  adapter: ['http', 'fetch'],
  headers: new axios.AxiosHeaders(),
  responseType: 'stream',
  decompress: false,
  maxRedirects: MAX_REDIRECTS,
  validateStatus: () => true,
  // In browsers: no cookies.
  withCredentials: false,
});

/** By what either scheme is reached. */
async function externalRoute(route: Link['route'], url: URL): Promise<ExternalRoute> {
  const [plain, secure] = await Promise.all([
    route(withScheme(url, 'http:'), false),
    route(withScheme(url, 'https:'), false),
  ]);
  const proxy = (url.protocol === 'http:' && plain.forwardProxy) || false;
  return { httpAgent: plain.agent, httpsAgent: secure.agent, proxy };
}

function withScheme(url: URL, protocol: string): URL {
  const other = new URL(url);
  other.protocol = protocol;
  return other;
}

/**
 * Asks a place that is not the API, such as where results are kept: on the client's sockets and with its trust in
 * certificates, but without its headers and credentials. Rejects with `BrokenConnection`, or with whatever aborting
 * `signal` brings.
 */
export async function fetchExternal(
  { session }: Transport,
  request: ExternalRequest,
  signal: AbortSignal,
): Promise<ExternalResponse> {
  const { method, url, headers } = request;
  const { route } = await session.link();
  const { httpAgent, httpsAgent, proxy } = await externalRoute(route, new URL(url));
  const config: AxiosRequestConfig = {
    ...(httpAgent && { httpAgent }),
    ...(httpsAgent && { httpsAgent }),
    proxy,
    method,
    url,
    headers: { ...headers },
    signal,
    beforeRedirect: dropHeadersOfOthers(request),
  };
  try {
    const { status, headers: answered, data } = await outside.request<unknown>(config);
    return { status, headers: plainHeaders(answered), body: bytesOf(data) };
  } catch (error) {
    throw broken(error);
  }
}

/** Headers are for the host that they were made for, and nothing secret leaves TLS. */
function dropHeadersOfOthers({ url, headers }: ExternalRequest): NonNullable<AxiosRequestConfig['beforeRedirect']> {
  return (options) => {
    const { href, headers: next } = options;
    const target = new URL(String(href));
    const origin = new URL(url);
    if (origin.protocol === 'https:' && target.protocol !== 'https:') {
      throw new BrokenConnection(`${origin.origin} redirects to ${target.origin}, which is not encrypted`, undefined);
    }
    if (target.host === origin.host || typeof next !== 'object' || next === null) return;
    const ours = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    for (const name of Object.keys(next)) {
      if (ours.has(name.toLowerCase())) Reflect.deleteProperty(next, name);
    }
  };
}

/** Node's streams are iterable; of the web's, not all are yet. */
async function* bytesOf(stream: unknown): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (stream === null || stream === undefined) return;
    if (stream instanceof ReadableStream) yield* readAll(stream);
    else if (isByteIterable(stream)) yield* stream;
    else throw new TypeError('axios gave a body that is no stream.');
  } catch (error) {
    throw broken(error);
  }
}

const isByteIterable = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Nothing of axios is kept: its errors hold the whole request. */
function broken(error: unknown): BrokenConnection {
  if (error instanceof BrokenConnection) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return new BrokenConnection(messageOf(error), typeof code === 'string' ? code : undefined);
}

/** `fetch` says why in the cause only. Not by `instanceof`: in jest, errors of Node's own modules have another realm. */
function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && typeof error.cause === 'object' && error.cause !== null && 'message' in error.cause) {
    return String(error.cause.message);
  }
  return 'message' in error ? String(error.message) : String(error);
}
