import { redact, redactHeaders, type Secrets } from '../../redaction/index.js';
import type { RequestEvent } from '../events.js';
import { checkHeaders, type Headers, plainHeaders } from '../headers.js';
import type { HooksParts } from '../hooks-parts.js';
import { notify } from '../notify.js';
import { GuardedObservation } from './guarded-observation.js';
import type { RequestEnd } from './types.js';

/** A request that is reported. */
export interface ReportedRequest extends Omit<RequestEvent, 'headers'> {
  /** The secrets of the call. */
  readonly secrets: Secrets;
  /** As they are sent. */
  readonly headers: () => object;
  /** Adds a header, unless the request has it. */
  readonly addHeader: (name: string, value: string) => void;
}

/** How a request ended. */
export interface ReportedEnd extends RequestEnd {
  readonly headers?: object | undefined;
}

/** Reports one request to the application's hooks and to the log, without secrets. */
export class RequestReport {
  readonly #parts: HooksParts;
  readonly #secrets: Secrets;
  readonly #event: RequestEvent;
  readonly #observation: GuardedObservation<RequestEnd> | undefined;
  readonly #started: number;
  #hasEnded = false;

  constructor(parts: HooksParts, { secrets, headers, addHeader, ...request }: ReportedRequest) {
    const { options, logger } = parts;
    const { instrumentation } = options;
    const event = { ...request, url: redact(request.url, secrets) };
    const setHeader = (name: string, value: string): void => {
      checkHeaders({ [name]: value });
      addHeader(name, value);
    };
    this.#parts = parts;
    this.#secrets = secrets;
    this.#observation =
      instrumentation &&
      new GuardedObservation({ instrumentation, logger }, () =>
        instrumentation.startRequest?.({ ...event, setHeader }),
      );
    this.#event = { ...event, headers: redactHeaders(plainHeaders(headers()), secrets) };
    notify('onRequest', options.onRequest, this.#event, logger);
    this.#started = performance.now();
  }

  /** Sends the request. */
  run<T>(send: () => Promise<T>): Promise<T> {
    return this.#observation?.run(send) ?? send();
  }

  /** Reports how it ended, once. */
  end({ headers = {}, ...end }: ReportedEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { options, logger } = this.#parts;
    const { status } = end;
    this.#observation?.end(end);
    const durationMs = performance.now() - this.#started;
    const received: Headers = redactHeaders(plainHeaders(headers), this.#secrets);
    const event = { ...this.#event, durationMs, status, headers: received };
    notify('onResponse', options.onResponse, event, logger);
    logger.debug(
      `${event.method} ${event.url} -> ${status ?? 'no response'} in ${durationMs.toFixed(1)} ms (request ${event.requestId})`,
    );
  }
}
