import axios, { type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { type RequestEvent, tell } from './events.js';
import { type Headers, plainHeaders, SECRET_NAME } from './headers.js';
import { scrub, scrubAll } from './scrub.js';
import type { CallContext } from './to-error.js';
import type { Transport } from './transport.js';

/** Tells hooks of a request; to be called again with what came of it. Nothing secret reaches hooks and log lines. */
export function announce(
  { options: hooks, logger, session: { secrets } }: Transport,
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
  transport: Transport,
  { operation, attempts: attempt, requestId }: CallContext,
  config: InternalAxiosRequestConfig,
  send: AxiosAdapter,
): Promise<AxiosResponse> {
  const { method = 'get', url = '', headers } = config;
  const answered = announce(transport, { operation, attempt, requestId, method: method.toUpperCase(), url }, headers);
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
