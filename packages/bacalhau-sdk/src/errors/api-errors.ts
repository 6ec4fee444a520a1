import { BacalhauError } from './base.js';

/** What the server reported, and how it was reached. */
export interface ApiErrorDetails {
  /** The SDK's name of the call, for example `jobs.get`. */
  readonly operation: string;
  /** The HTTP status. Servers report some conflicts with 500: rely on the error's class, not on the number. */
  readonly status: number;
  /** The server's own code, for example `NotFound`. An open set; often empty or `InternalError` for a 400. */
  readonly code: string | undefined;
  /** The component of the server that reported the error, for example `JobStore`. */
  readonly component: string | undefined;
  /** The server's advice, if it gave any. */
  readonly hint: string | undefined;
  /** Further details from the server, by name. */
  readonly details: Readonly<Record<string, string>>;
  /** The request's `X-Request-Id`: the server logs it too. */
  readonly requestId: string;
  /** How many requests were sent, the first one included. */
  readonly attempts: number;
  /** The version in the server's response, for example `v1.9.3`; some errors come without it. */
  readonly serverVersion: string | undefined;
  /** Whether the server may still have processed the request. Check before retrying. */
  readonly outcomeUnknown: boolean;
}

/** The server responded with an error. Subclasses distinguish the common ones. */
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
  declare readonly outcomeUnknown: boolean;

  constructor(message: string, details: ApiErrorDetails) {
    super(message);
    Object.assign(this, details);
  }
}

/** The server rejected the request as malformed (400). */
export class BadRequestError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'BadRequestError';
}

/** Credentials are missing or were rejected (401). */
export class AuthenticationError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'AuthenticationError';
}

/** The credentials were accepted, but do not permit the call (403). */
export class PermissionDeniedError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'PermissionDeniedError';
}

/** The job, node or path does not exist, says a Bacalhau server (404). */
export class NotFoundError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'NotFoundError';
}

/** The request conflicts with the current state: a completed job cannot be stopped, an unchanged job not be updated. */
export class ConflictError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'ConflictError';
}

/** The request is larger than the server accepts, which is 10,000,000 bytes (413). */
export class PayloadTooLargeError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'PayloadTooLargeError';
}

/** The client sent too many requests (429). */
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
 * The response is not one that a Bacalhau server sends to this call: a page of another web server, a redirect, a body of
 * other types, or an answer about another job. Usually the address is wrong; if `serverVersion` is set, the address is
 * right, and the server has mixed up its responses (docs/requests-in-flight.md).
 */
export class UnexpectedResponseError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'UnexpectedResponseError';
}
