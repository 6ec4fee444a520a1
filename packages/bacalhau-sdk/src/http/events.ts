import type { BacalhauError } from '../errors/index.js';

/** One request, just before it is sent. */
export interface RequestEvent {
  /** The SDK's name of the call, for example `jobs.list`. */
  readonly operation: string;
  /** 1 for the first request of a call. */
  readonly attempt: number;
  /** The `X-Request-Id` of the call: the server logs it too. */
  readonly requestId: string;
  /** For example `GET`. */
  readonly method: string;
  /** With path and query. */
  readonly url: string;
  /** Secrets are replaced with `***`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How one request ended: with a status, or without one if the connection broke or the call was aborted. */
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
  /** The time from sending the request to the end of the response's body, in milliseconds. */
  readonly durationMs: number;
  /** The HTTP status; undefined if no response came. */
  readonly status: number | undefined;
  /** Secrets are replaced with `***`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request failed and will be sent again. */
export interface RetryEvent {
  /** The SDK's name of the call, for example `jobs.list`. */
  readonly operation: string;
  /** The attempt that failed. */
  readonly attempt: number;
  /** The `X-Request-Id` of the call. */
  readonly requestId: string;
  /** The pause before the next attempt, in milliseconds. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: BacalhauError;
}
