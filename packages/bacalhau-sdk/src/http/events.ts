import type { BacalhauError } from '../errors/index.js';
import type { Logger } from '../logging/index.js';

/** One request, as it is about to be sent. */
export interface RequestEvent {
  /** The SDK's name of the call, for example `jobs.list`. */
  readonly operation: string;
  /** 1 for the first request of a call. */
  readonly attempt: number;
  /** The `X-Request-Id` of the call: the server's log has it too. */
  readonly requestId: string;
  /** For example `GET`. */
  readonly method: string;
  /** With path and query. */
  readonly url: string;
  /** Secret ones are blacked out. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How one request ended: with a status, or with nothing when the connection broke or the caller gave up. */
export interface ResponseEvent {
  /** The SDK's name of the call, for example `jobs.list`. */
  readonly operation: string;
  /** 1 for the first request of a call. */
  readonly attempt: number;
  /** The `X-Request-Id` of the call. */
  readonly requestId: string;
  /** For example `GET`. */
  readonly method: string;
  /** With path and query. */
  readonly url: string;
  /** From sending it to the end of the body, in milliseconds. */
  readonly durationMs: number;
  /** The HTTP status; undefined if no answer came. */
  readonly status: number | undefined;
  /** Secret ones are blacked out. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request failed and will be repeated. */
export interface RetryEvent {
  /** The SDK's name of the call, for example `jobs.list`. */
  readonly operation: string;
  /** The attempt that failed. */
  readonly attempt: number;
  /** The `X-Request-Id` of the call. */
  readonly requestId: string;
  /** How long the SDK waits before the next one, in milliseconds. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: BacalhauError;
}

/** A hook that throws must not change the outcome of the call it looks at. */
export function notify<E>(logger: Logger, hook: string, listener: ((event: E) => void) | undefined, event: E): void {
  try {
    listener?.(event);
  } catch (error) {
    logger.warn(`${hook} threw: ${error instanceof Error ? error.message : error}`);
  }
}
