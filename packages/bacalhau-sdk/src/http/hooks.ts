import axios, { type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { Logger, LogLevel } from '../logging/index.js';
import { redact, redactHeaders, type Secrets } from '../redaction/index.js';
import { messageOf } from '../util/index.js';
import type { CallContext } from './call-context.js';
import type { RequestEvent, RetryEvent } from './events.js';
import { plainHeaders } from './headers.js';
import type { ClientOptions } from './options.js';

/** Reports the response to a request, or with an undefined status that there was none. */
export type ReportResponse = (status: number | undefined, headers: object) => void;

export interface HooksParts {
  readonly options: Pick<ClientOptions, 'onRequest' | 'onResponse' | 'onRetry'>;
  readonly logger: Logger & { readonly level: LogLevel };
}

/** Reports requests, responses and retries to the application's hooks and to the log, without secrets. */
export class Hooks {
  readonly #parts: HooksParts;

  constructor(parts: HooksParts) {
    this.#parts = parts;
  }

  /** Sends a request of axios and reports it. */
  async send(
    { operation, attempts: attempt, requestId, secrets }: CallContext,
    config: InternalAxiosRequestConfig,
    adapter: AxiosAdapter,
  ): Promise<AxiosResponse> {
    if (!this.#isObserved()) return adapter(config);
    const { method = 'get', url = '', headers } = config;
    const request = { operation, attempt, requestId, method: method.toUpperCase(), url };
    const report = this.request(request, headers, secrets);
    try {
      const response = await adapter(config);
      report(response.status, response.headers);
      return response;
    } catch (error) {
      const response = axios.isAxiosError(error) ? error.response : undefined;
      report(response?.status, response?.headers ?? {});
      throw error;
    }
  }

  /** Reports a request; returns what reports its response. `secrets` are those of the call. */
  request(request: Omit<RequestEvent, 'headers'>, sentHeaders: object, secrets: Secrets): ReportResponse {
    const { options, logger } = this.#parts;
    const event = { ...request, url: redact(request.url, secrets) };
    const headers = redactHeaders(plainHeaders(sentHeaders), secrets);
    this.#notify('onRequest', options.onRequest, { ...event, headers });
    const started = performance.now();
    return (status, receivedHeaders) => {
      const durationMs = performance.now() - started;
      const received = redactHeaders(plainHeaders(receivedHeaders), secrets);
      this.#notify('onResponse', options.onResponse, { ...event, durationMs, status, headers: received });
      logger.debug(
        `${event.method} ${event.url} -> ${status ?? 'no response'} in ${durationMs.toFixed(1)} ms (request ${event.requestId})`,
      );
    };
  }

  retry(event: RetryEvent): void {
    this.#notify('onRetry', this.#parts.options.onRetry, event);
    this.#parts.logger.info(`${event.error.message} Retrying in ${Math.round(event.delayMs)} ms.`);
  }

  #isObserved(): boolean {
    const { options, logger } = this.#parts;
    return options.onRequest !== undefined || options.onResponse !== undefined || logger.level === 'debug';
  }

  /** Calls a hook. One that throws does not change the outcome of the call that it observes. */
  #notify<E>(name: string, hook: ((event: E) => void) | undefined, event: E): void {
    try {
      hook?.(event);
    } catch (error) {
      this.#parts.logger.warn(`${name} threw: ${messageOf(error)}`);
    }
  }
}
