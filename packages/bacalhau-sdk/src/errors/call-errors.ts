import { BacalhauError, type ErrorCause } from './base.js';

/** What is known of a call that ended without an answer. */
export interface CallErrorDetails {
  /** The SDK's name of the call, for example `jobs.put`. */
  readonly operation: string;
  /** How many requests were sent, the first one included. */
  readonly attempts: number;
  /** True if the server may have carried out the call although no answer came: look before you repeat it. */
  readonly outcomeUnknown: boolean;
  /** The `X-Request-Id` that the request carried: the server's log has it too. */
  readonly requestId: string;
}

/** A call ended without an answer of the server. */
export class CallError extends BacalhauError implements CallErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'CallError';
  declare readonly operation: string;
  declare readonly attempts: number;
  declare readonly outcomeUnknown: boolean;
  declare readonly requestId: string;

  constructor(message: string, facts: CallErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, facts);
  }
}

/** The server could not be reached, or the connection broke. `code` is the system's, for example `ECONNREFUSED`. */
export class ConnectionError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'ConnectionError';
  /** The system's code, for example `ECONNREFUSED` or `ENOTFOUND`; undefined where the runtime gives none. */
  readonly code: string | undefined;

  constructor(
    message: string,
    facts: CallErrorDetails & { readonly code?: string | undefined },
    options: ErrorCause = {},
  ) {
    super(message, facts, options);
    this.code = facts.code;
  }
}

/** The deadline of the whole call passed (`timeoutMs`, retries included). */
export class RequestTimeoutError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'RequestTimeoutError';
  /** The deadline, in milliseconds. */
  readonly timeoutMs: number;

  constructor(message: string, facts: CallErrorDetails & { readonly timeoutMs: number }) {
    super(message, facts);
    this.timeoutMs = facts.timeoutMs;
  }
}

/** The caller gave up: its `signal` was aborted (`cause` is the signal's reason) or the client was closed. */
export class RequestAbortedError extends CallError {
  /** @internal */
  protected static override readonly kind: string = 'RequestAbortedError';
}
