import axios, { type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { Logger } from '../logging/index.js';
import { type RequestEvent, tell } from './events.js';
import { type Headers, plainHeaders, SECRET_NAME } from './headers.js';
import type { ClientOptions } from './options.js';
import { scrub, scrubAll } from './scrub.js';
import type { Secrets } from './secrets.js';

/** Who watches requests. */
export interface Observer {
  readonly hooks: Pick<ClientOptions, 'onRequest' | 'onResponse'>;
  readonly logger: Logger;
  readonly secrets: Secrets;
}

/** Tells hooks of a request; to be called again with what came of it. Nothing secret reaches hooks and log lines. */
export function announce(
  { hooks, logger, secrets }: Observer,
  request: Omit<RequestEvent, 'headers'>,
  sending: object,
): (status: number | undefined, answered: object) => void {
  const about = { ...request, url: scrub(request.url, secrets) };
  tell(logger, 'onRequest', hooks.onRequest, { ...about, headers: redact(plainHeaders(sending)) });
  const started = performance.now();
  return (status, answered) => {
    const durationMs = performance.now() - started;
    const headers = scrubAll(redact(plainHeaders(answered)), secrets);
    tell(logger, 'onResponse', hooks.onResponse, { ...about, durationMs, status, headers });
    logger.debug(
      `${about.method} ${about.url} -> ${status ?? 'no answer'} in ${durationMs.toFixed(1)} ms (request ${about.requestId})`,
    );
  };
}

/** Sends a request, and tells of it. */
export async function sendAnnounced(
  observer: Observer,
  call: Pick<RequestEvent, 'operation' | 'attempt' | 'requestId'>,
  config: InternalAxiosRequestConfig,
  send: AxiosAdapter,
): Promise<AxiosResponse> {
  const { method = 'get', url = '', headers } = config;
  const answered = announce(observer, { ...call, method: method.toUpperCase(), url }, headers);
  try {
    const response = await send(config);
    answered(response.status, response.headers);
    return response;
  } catch (error) {
    const response = axios.isAxiosError(error) ? error.response : undefined;
    answered(response?.status, response?.headers ?? {});
    throw error;
  }
}

/** For eyes other than the server's: hooks and logs. */
export function redact(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_NAME.test(name) ? '***' : value]),
  );
}
