import { platform } from '#platform';
import { BacalhauError, UploadError } from '../errors/index.js';
import { BrokenConnection, type ExternalRequest, fetchExternal, reasonIn, withoutQuery } from '../external/index.js';
import { type Deadline, downloadPolicy, type Transport } from '../http/index.js';
import { quoteName } from '../model/index.js';
import type { RequestBody } from '../platform/index.js';
import { excerpt, redactError, Secrets } from '../redaction/index.js';
import { LONGEST_TIMER_MS, onAbort, sleep, throwIfAborted } from '../util/index.js';
import type { Progress } from './progress.js';
import type { UploadSettings } from './types.js';

const DEFAULT_STALL_TIMEOUT_MS = 60_000;
/** The largest response that is read, in bytes: a page of a listing. */
const LARGEST_RESPONSE = 16 * 1024 * 1024;
const LONGEST_ERROR_BODY = 4_096;

/** What a request sends: it is read again for each attempt. */
export interface Content {
  readonly size: number;
  /** Calls `count` with the number of bytes of data that are read, which progress consists of. */
  read(count: (bytes: number) => void): AsyncIterable<Uint8Array>;
}

/** Counts chunks as they are read. */
export async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

export interface StoreResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** How the requests to a store are sent. */
export interface StoreParts extends Pick<UploadSettings, 'maxRetries' | 'stallTimeoutMs'> {
  readonly transport: Transport;
  readonly deadline: Deadline;
  readonly progress: Progress;
  /** For messages, for example `"data" to the bucket b`. */
  readonly name: string;
  /** What the store answers if it refuses is explained with this. */
  readonly adviceIfRefused: string;
  /** Whether a 500 may be an overload. */
  readonly retries500: boolean;
}

/** The host that data is uploaded to. */
export class Store {
  /** The client's, and the credentials for the store. */
  readonly secrets: Secrets;
  readonly #parts: StoreParts;
  readonly #maxRetries: number;
  readonly #stallTimeoutMs: number;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#maxRetries = parts.maxRetries ?? downloadPolicy.maxRetries;
    this.#stallTimeoutMs = parts.stallTimeoutMs ?? DEFAULT_STALL_TIMEOUT_MS;
    this.secrets = new Secrets(parts.transport.requests.secrets);
  }

  get signal(): AbortSignal {
    return this.#parts.deadline.signal;
  }

  /**
   * Sends a request until it succeeds, or is answered with one of the statuses in `accepts`.
   *
   * @throws {UploadError}
   */
  async send(
    makeRequest: () => Promise<ExternalRequest>,
    { content, accepts = [] }: { readonly content?: Content; readonly accepts?: readonly number[] } = {},
  ): Promise<StoreResponse> {
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(this.signal);
      const request = await makeRequest();
      const outcome = await this.#attempt(request, content);
      if (!(outcome instanceof BrokenConnection)) {
        const { status } = outcome;
        if ((status >= 200 && status < 300) || accepts.includes(status)) return outcome;
      }
      const error =
        outcome instanceof BrokenConnection ? this.#broken(request, outcome) : this.#refusal(request, outcome);
      const isTransient =
        outcome instanceof BrokenConnection || downloadPolicy.isRetryable(outcome.status, this.#parts);
      if (!isTransient || attempt > this.#maxRetries) throw error;
      const retryAfter = outcome instanceof BrokenConnection ? undefined : outcome.headers['retry-after'];
      const delayMs = downloadPolicy.delayMs(attempt, retryAfter);
      if (delayMs >= this.#parts.deadline.remainingMs()) throw error;
      await sleep(delayMs, this.signal);
    }
  }

  /** Makes the error of a response that is not what was asked for. The message is a clause. */
  unexpected(problem: string): UploadError {
    return new UploadError(`Cannot upload ${this.#parts.name}: ${problem}`, { reason: 'http' });
  }

  async #attempt(request: ExternalRequest, content: Content | undefined): Promise<StoreResponse | BrokenConnection> {
    const { transport, progress } = this.#parts;
    const controller = new AbortController();
    let isStalled = false;
    const stall = (): void => {
      isStalled = true;
      controller.abort();
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const restart = (): void => {
      clearTimeout(timer);
      // What is sent may be read on for a moment.
      if (!isOver && this.#stallTimeoutMs <= LONGEST_TIMER_MS) timer = setTimeout(stall, this.#stallTimeoutMs);
    };
    const removeListener = onAbort(this.signal, () => controller.abort());
    let sent = 0;
    let sourceError: unknown;
    const count = (bytes: number): void => {
      if (isOver) return;
      sent += bytes;
      progress.sent(bytes);
    };
    const watched = async function* ({ read }: Content): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        for await (const chunk of read(count)) {
          restart();
          yield chunk;
        }
      } catch (error) {
        sourceError = error;
        throw error;
      }
    };
    restart();
    let isDone = false;
    let sending: RequestBody | undefined;
    try {
      sending = content && (await platform.requestBody(watched(content)));
      const prepared = {
        ...request,
        ...(sending !== undefined && { body: sending.body }),
        headers: {
          ...platform.transferHeaders,
          ...request.headers,
          ...(sending?.isStream && { 'content-length': String(content?.size) }),
        },
      };
      const { status, headers, body } = await fetchExternal(transport, prepared, controller.signal);
      const text = await this.#textOf(body, restart);
      isDone = status >= 200 && status < 300;
      return { status, headers, text };
    } catch (error) {
      throwIfAborted(this.signal);
      if (sourceError !== undefined) throw sourceError;
      if (isStalled) return new BrokenConnection(`it took nothing for ${this.#stallTimeoutMs} ms`, 'ETIMEDOUT');
      if (error instanceof BrokenConnection) return error;
      throw error;
    } finally {
      isOver = true;
      clearTimeout(timer);
      removeListener();
      sending?.close();
      if (!isDone) progress.sent(-sent);
    }
  }

  async #textOf(chunks: AsyncIterable<Uint8Array>, onChunk: () => void): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    let size = 0;
    for await (const chunk of chunks) {
      onChunk();
      size += chunk.length;
      if (size > LARGEST_RESPONSE) throw this.unexpected(`the store sent more than ${LARGEST_RESPONSE} bytes.`);
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }

  #broken({ url }: ExternalRequest, { code, message }: BrokenConnection): UploadError {
    const place = withoutQuery(url);
    const problem =
      code === 'ECONNREFUSED'
        ? 'nothing listens there'
        : `the connection failed (${code === undefined || message.includes(code) ? message : `${code}: ${message}`}); from a browser, the host must allow cross-origin requests (CORS)`;
    return this.#error(`Cannot upload ${this.#parts.name}: ${place}: ${problem}.`, {
      reason: 'unreachable',
      url: place,
      code,
    });
  }

  #refusal({ url }: ExternalRequest, { status, text }: StoreResponse): UploadError {
    const place = withoutQuery(url);
    const said = reasonIn(excerpt(text.slice(0, LONGEST_ERROR_BODY), this.secrets));
    const responded = `${place} responded with ${status}${said === undefined ? '' : ` (${quoteName(said)})`}`;
    const isRefused = status === 401 || status === 403;
    const advice = isRefused ? ` ${this.#parts.adviceIfRefused}` : '';
    return this.#error(`Cannot upload ${this.#parts.name}: ${responded}.${advice}`, {
      reason: isRefused ? 'refused' : 'http',
      url: place,
      status,
    });
  }

  #error(message: string, details: ConstructorParameters<typeof UploadError>[1]): UploadError {
    return redactError(new UploadError(message, details), this.secrets);
  }

  /** Takes the credentials for the store out of an error. */
  redacted(error: unknown): unknown {
    return error instanceof BacalhauError ? redactError(error, this.secrets) : error;
  }
}
