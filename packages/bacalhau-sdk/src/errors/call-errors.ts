import { BacalhauError, type ErrorCause } from './base.js';

/** What is known of a call that ended without a response. */
export interface CallErrorDetails {
  /** The SDK's name of the call, for example `jobs.put`. */
  readonly operation: string;
  /** How many requests were sent, the first one included. */
  readonly attempts: number;
  /** Whether the server may have processed the request although no response came. Check before retrying. */
  readonly outcomeUnknown: boolean;
  /** The request's `X-Request-Id`: the server logs it too. */
  readonly requestId: string;
}

/** A call ended without a response from the server. */
export class CallError extends BacalhauError implements CallErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'CallError';
  declare readonly operation: string;
  declare readonly attempts: number;
  declare readonly outcomeUnknown: boolean;
  declare readonly requestId: string;

  constructor(message: string, details: CallErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, details);
  }
}

/** The server could not be reached, the connection broke, or a part of this package could not be loaded. */
export class ConnectionError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'ConnectionError';
  /** The system's code, for example `ECONNREFUSED` or `ENOTFOUND`; undefined where the runtime reports none. */
  readonly code: string | undefined;

  constructor(
    message: string,
    details: CallErrorDetails & { readonly code?: string | undefined },
    options: ErrorCause = {},
  ) {
    super(message, details, options);
    this.code = details.code;
  }
}

/** The call, including retries, took longer than `timeoutMs`. */
export class RequestTimeoutError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'RequestTimeoutError';
  /** The deadline, in milliseconds. */
  readonly timeoutMs: number;

  constructor(message: string, details: CallErrorDetails & { readonly timeoutMs: number }) {
    super(message, details);
    this.timeoutMs = details.timeoutMs;
  }
}

/**
 * The response is larger than `maxResponseBytes`, unpacked: a list of too many large jobs, or a server that answers
 * without end. It was not read to its end, and the call is not repeated.
 */
export class ResponseTooLargeError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'ResponseTooLargeError';
  /** The limit, in bytes. */
  readonly maxResponseBytes: number;

  constructor(message: string, details: CallErrorDetails & { readonly maxResponseBytes: number }) {
    super(message, details);
    this.maxResponseBytes = details.maxResponseBytes;
  }
}

/** The call's `signal` was aborted (`cause` is the signal's reason), or the client was closed. */
export class RequestAbortedError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'RequestAbortedError';
}
