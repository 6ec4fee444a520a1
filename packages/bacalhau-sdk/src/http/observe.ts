import axios, { type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { redact, redactAll } from '../redaction/index.js';
import { notify, type RequestEvent } from './events.js';
import type { CallContext } from './failure.js';
import { type Headers, plainHeaders, SECRET_NAME } from './headers.js';
import type { Transport } from './transport.js';

/** Tells hooks of a request; to be called again with what came of it. Nothing secret reaches hooks and log lines. */
export function observeRequest(
  { options: hooks, logger, session: { secrets } }: Transport,
  request: Omit<RequestEvent, 'headers'>,
  sending: object,
): (status: number | undefined, answered: object) => void {
  const about = { ...request, url: redact(request.url, secrets) };
  notify(logger, 'onRequest', hooks.onRequest, { ...about, headers: redactHeaders(plainHeaders(sending)) });
  const started = performance.now();
  return (status, answered) => {
    const durationMs = performance.now() - started;
    const headers = redactAll(redactHeaders(plainHeaders(answered)), secrets);
    notify(logger, 'onResponse', hooks.onResponse, { ...about, durationMs, status, headers });
    logger.debug(
      `${about.method} ${about.url} -> ${status ?? 'no answer'} in ${durationMs.toFixed(1)} ms (request ${about.requestId})`,
    );
  };
}

/** Sends a request, and tells of it. */
export async function sendObserved(
  transport: Transport,
  { operation, attempts: attempt, requestId }: CallContext,
  config: InternalAxiosRequestConfig,
  send: AxiosAdapter,
): Promise<AxiosResponse> {
  const { method = 'get', url = '', headers } = config;
  const answered = observeRequest(
    transport,
    { operation, attempt, requestId, method: method.toUpperCase(), url },
    headers,
  );
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
export function redactHeaders(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_NAME.test(name) ? '***' : value]),
  );
}
