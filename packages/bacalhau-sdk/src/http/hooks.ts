import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import type { CallContext } from './call-context.js';
import type { RetryEvent } from './events.js';
import type { HooksParts } from './hooks-parts.js';
import { loadInstrumentation, type ReportedRequest, type RequestReport } from './instrumentation/index.js';
import { notify } from './notify.js';

/** Reports requests, responses and retries to the application's hooks and to the log, without secrets. */
export class Hooks {
  readonly #parts: HooksParts;

  constructor(parts: HooksParts) {
    this.#parts = parts;
  }

  /** Sends a request of axios and reports it. */
  async send(context: CallContext, config: InternalAxiosRequestConfig, adapter: AxiosAdapter): Promise<AxiosResponse> {
    if (!this.#isObserved()) return adapter(config);
    return (await loadInstrumentation()).sendReported(this.#parts, context, config, adapter);
  }

  /** Reports a request that axios does not send; returns what reports its end. */
  async report(request: ReportedRequest): Promise<RequestReport | undefined> {
    if (!this.#isObserved()) return undefined;
    return (await loadInstrumentation()).reportRequest(this.#parts, request);
  }

  retry(event: RetryEvent): void {
    const { options, logger } = this.#parts;
    notify('onRetry', options.onRetry, event, logger);
    logger.info(`${event.error.message} Retrying in ${Math.round(event.delayMs)} ms.`);
  }

  #isObserved(): boolean {
    const { options, logger } = this.#parts;
    const { onRequest, onResponse, instrumentation } = options;
    return (onRequest ?? onResponse ?? instrumentation) !== undefined || logger.level === 'debug';
  }
}
