import type { BacalhauError } from '../errors/index.js';

/** One request, as it is about to be sent. */
export interface RequestEvent {
  /** The SDK's name of the call, for example `jobs.list`. */
  readonly operation: string;
  /** 1 for the first request of a call. */
  readonly attempt: number;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  /** Secret ones are blacked out. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How one request ended: with a status, or with nothing when the connection broke or the caller gave up. */
export interface ResponseEvent {
  readonly operation: string;
  readonly attempt: number;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly durationMs: number;
  readonly status: number | undefined;
  /** Secret ones are blacked out. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request failed and will be repeated. */
export interface RetryEvent {
  readonly operation: string;
  /** The attempt that failed. */
  readonly attempt: number;
  readonly requestId: string;
  /** How long the SDK waits before the next one, in milliseconds. */
  readonly delayMs: number;
  readonly error: BacalhauError;
}
