import { platform } from '#platform';
import {
  BrokenConnection,
  type ExternalRequest,
  type ExternalResponse,
  fetchExternal,
  withoutQuery,
} from '../external/index.js';
import { Secrets } from '../redaction/index.js';
import { LONGEST_TIMER_MS } from '../util/index.js';
import type { TransferContext } from './transfer-context.js';

/** How long the body of an error may take, in milliseconds; the status alone says enough. */
const ERROR_BODY_MS = 2_000;

/** One request to a result host and its response. */
export class ResultConnection {
  /** Without its query, which holds signatures. */
  readonly url: string;
  /** Those of the transfer, and what this request carries. */
  readonly secrets: Secrets;
  /** How many bytes at the beginning of the response were received before. */
  skip = 0;
  readonly #request: ExternalRequest;
  readonly #context: TransferContext;
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => this.#controller.abort();
  #response: ExternalResponse | undefined;
  #stalled = false;

  constructor(request: ExternalRequest, context: TransferContext) {
    this.#request = request;
    this.#context = context;
    this.url = withoutQuery(request.url);
    this.secrets = new Secrets(context.secrets);
    this.secrets.addHeaders(request.headers);
    if (context.deadline.signal.aborted) this.#controller.abort();
    context.deadline.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get response(): ExternalResponse {
    if (this.#response === undefined) throw new TypeError('The connection is not open.');
    return this.#response;
  }

  async open(range: Readonly<Record<string, string>>): Promise<void> {
    const headers = { ...platform.transferHeaders, ...this.#request.headers, ...range };
    this.#response = await this.#withStallTimeout(async () => {
      return fetchExternal(this.#context.transport, { ...this.#request, headers }, this.#controller.signal);
    });
  }

  async *chunks(maxStallMs?: number): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = this.response.body[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#withStallTimeout(() => iterator.next(), maxStallMs);
      if (done) return;
      yield value;
    }
  }

  /** Reads the beginning of the body, for a message. */
  async text(maxLength: number): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      const end = performance.now() + ERROR_BODY_MS;
      for await (const chunk of this.chunks(ERROR_BODY_MS)) {
        text += decoder.decode(chunk.subarray(0, maxLength), { stream: true });
        if (text.length >= maxLength || performance.now() >= end) break;
      }
    } catch (error) {
      if (!(error instanceof BrokenConnection)) throw error;
    }
    return text.slice(0, maxLength);
  }

  close(): void {
    this.#context.deadline.signal.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }

  /** Counts only the time that the host needs, not the time that the reader takes. */
  async #withStallTimeout<T>(wait: () => Promise<T>, maxStallMs = Number.POSITIVE_INFINITY): Promise<T> {
    const stallTimeoutMs = Math.min(this.#context.stallTimeoutMs, maxStallMs);
    const timer =
      stallTimeoutMs <= LONGEST_TIMER_MS
        ? setTimeout(() => {
            this.#stalled = true;
            this.#controller.abort();
          }, stallTimeoutMs)
        : undefined;
    try {
      return await wait();
    } catch (error) {
      if (this.#stalled) throw new BrokenConnection(`it sent nothing for ${stallTimeoutMs} ms`, 'ETIMEDOUT');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
