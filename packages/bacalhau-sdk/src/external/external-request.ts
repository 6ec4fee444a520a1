import axios, { type AxiosRequestConfig } from 'axios';
import type { FindRoute, Router } from '../http/index.js';
import { fetchEnvironment, type Headers, plainHeaders, proxyFailure } from '../http/index.js';
import type { ForwardProxy, HttpAgent } from '../platform/index.js';
import { messageOf, readAll } from '../util/index.js';
import { BrokenConnection } from './broken-connection.js';

/** A request to a host that is not the orchestrator: a compute node or a store. */
export interface ExternalRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: string;
  /** The only headers that are sent, apart from those that HTTP needs. */
  readonly headers: Headers;
  /** What is sent: a stream or a blob of the platform, or text. Such a request follows no redirects. */
  readonly body?: unknown;
}

export interface ExternalResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Headers;
  /** As it comes from the network: not decompressed, except by browsers. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** How a host is reached, by scheme, because a redirect may change it. */
interface ExternalRoute {
  readonly httpAgent?: HttpAgent | undefined;
  readonly httpsAgent?: HttpAgent | undefined;
  readonly proxy: ForwardProxy | false;
  /** The address of that proxy, for messages. */
  readonly proxyAddress: string | undefined;
}

const MAX_REDIRECTS = 5;

/**
 * An instance without axios's global defaults and interceptors: an application may have put its own credentials there.
 * `xhr`, which axios prefers in browsers, cannot stream.
 */
const externalClient = new axios.Axios({
  adapter: ['http', 'fetch'],
  headers: new axios.AxiosHeaders(),
  responseType: 'stream',
  decompress: false,
  maxRedirects: MAX_REDIRECTS,
  validateStatus: () => true,
  ...fetchEnvironment({ cookies: false }),
});

async function externalRoute(route: FindRoute, url: URL): Promise<ExternalRoute> {
  const [plain, secure] = await Promise.all([route(withScheme(url, 'http:')), route(withScheme(url, 'https:'))]);
  const proxy = (url.protocol === 'http:' && plain.forwardProxy) || false;
  const { proxyAddress } = proxy === false ? { proxyAddress: undefined } : plain;
  return { httpAgent: plain.agent, httpsAgent: secure.agent, proxy, proxyAddress };
}

function withScheme(url: URL, protocol: string): URL {
  const other = new URL(url);
  other.protocol = protocol;
  return other;
}

/**
 * Sends a request to a host that is not the orchestrator: on the client's sockets and with its certificate authorities, but
 * without its headers and credentials. Rejects with `BrokenConnection`, also when `signal` is aborted.
 */
export async function fetchExternal(
  { route }: Router,
  request: ExternalRequest,
  signal: AbortSignal,
): Promise<ExternalResponse> {
  const { method, url, headers, body } = request;
  const { httpAgent, httpsAgent, proxy, proxyAddress } = await externalRoute(route, new URL(url));
  const config: AxiosRequestConfig = {
    ...(httpAgent && { httpAgent }),
    ...(httpsAgent && { httpsAgent }),
    proxy,
    method,
    url,
    headers: { ...headers },
    // To follow a redirect, everything that was sent would have to be kept.
    ...(body !== undefined && { data: body, maxRedirects: 0 }),
    signal,
    beforeRedirect: dropHeadersOnRedirect(request),
  };
  try {
    const { status, headers: received, data } = await externalClient.request<unknown>(config);
    return { status, headers: plainHeaders(received), body: bytesOf(data) };
  } catch (error) {
    const { code, message } = brokenConnection(error);
    const failure = proxyFailure({ code, message }, proxyAddress);
    throw new BrokenConnection(failure.message, failure.code);
  }
}

/** Headers are sent only to the host that they were made for, and nothing secret leaves TLS. */
function dropHeadersOnRedirect({ url, headers }: ExternalRequest): NonNullable<AxiosRequestConfig['beforeRedirect']> {
  return (options) => {
    const { href, headers: next } = options;
    const target = new URL(String(href));
    const origin = new URL(url);
    if (origin.protocol === 'https:' && target.protocol !== 'https:') {
      throw new BrokenConnection(`${origin.origin} redirects to ${target.origin}, which is not encrypted`, undefined);
    }
    if (target.host === origin.host || typeof next !== 'object' || next === null) return;
    const dropped = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    for (const name of Object.keys(next)) {
      if (dropped.has(name.toLowerCase())) Reflect.deleteProperty(next, name);
    }
  };
}

/** Iterates over a stream: those of Node are iterable, web streams not everywhere yet. */
async function* bytesOf(stream: unknown): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (stream === null || stream === undefined) return;
    if (stream instanceof ReadableStream) yield* readAll(stream);
    else if (isByteIterable(stream)) yield* stream;
    else throw new TypeError('axios returned a body that is not a stream.');
  } catch (error) {
    throw brokenConnection(error);
  }
}

const isByteIterable = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Creates the error of a broken connection without that of axios, which contains the whole request. */
function brokenConnection(error: unknown): BrokenConnection {
  if (error instanceof BrokenConnection) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return new BrokenConnection(messageOf(error), typeof code === 'string' ? code : undefined);
}

/** Returns the address of a request for messages: signatures are in the query. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
