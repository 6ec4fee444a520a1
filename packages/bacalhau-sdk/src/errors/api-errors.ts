import { BacalhauError } from './base.js';

/** What the server said. */
export interface ApiErrorDetails {
  /** The SDK's name of the call, for example `jobs.get`. */
  readonly operation: string;
  /** The HTTP status. Some conflicts come as 500: the class says what it means, not the number. */
  readonly status: number;
  /** The server's own code, for example `NotFound`. An open set; often empty or `InternalError` for a 400. */
  readonly code: string | undefined;
  /** The part of the server that answered, for example `JobStore`. */
  readonly component: string | undefined;
  /** The server's advice, where it gives one. */
  readonly hint: string | undefined;
  /** Further facts of the server, by name. */
  readonly details: Readonly<Record<string, string>>;
  /** The request's `X-Request-Id`: the server's log has it too. */
  readonly requestId: string;
  /** How many requests were sent, the first one included. */
  readonly attempts: number;
  /** The version that the server names in its answers, for example `v1.9.3`; it leaves it out of some errors. */
  readonly serverVersion: string | undefined;
}

/** The server answered with an error. Subclasses tell the common ones apart. */
export class ApiError extends BacalhauError implements ApiErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'ApiError';
  declare readonly operation: string;
  declare readonly status: number;
  declare readonly code: string | undefined;
  declare readonly component: string | undefined;
  declare readonly hint: string | undefined;
  declare readonly details: Readonly<Record<string, string>>;
  declare readonly requestId: string;
  declare readonly attempts: number;
  declare readonly serverVersion: string | undefined;

  constructor(message: string, facts: ApiErrorDetails) {
    super(message);
    Object.assign(this, facts);
  }
}

/** The server refused the request as malformed (400). */
export class BadRequestError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'BadRequestError';
}

/** The server does not know who is asking (401). */
export class AuthenticationError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'AuthenticationError';
}

/** The server knows who is asking and says no (403). */
export class PermissionDeniedError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'PermissionDeniedError';
}

/** There is no such job, node or path (404). */
export class NotFoundError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'NotFoundError';
}

/** The request contradicts the present state: a finished job cannot be stopped, an unchanged job not be resubmitted. */
export class ConflictError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'ConflictError';
}

/** The request is larger than the server takes: 10,000,000 bytes (413). */
export class PayloadTooLargeError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'PayloadTooLargeError';
}

/** Too many requests (429). */
export class RateLimitError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'RateLimitError';
}

/** The server failed (5xx). */
export class ServerError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'ServerError';
}

/**
 * The answer is not one that a Bacalhau server gives to this call: no JSON, or a redirect. Usually the address is wrong; if
 * `serverVersion` is set, it is not, and the server has mixed up its answers (docs/servers.md).
 */
export class UnexpectedResponseError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'UnexpectedResponseError';
}
