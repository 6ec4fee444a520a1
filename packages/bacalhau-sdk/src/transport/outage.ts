import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  CallError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  RequestAbortedError,
  ServerError,
} from '../errors/index.js';

/** How long a server may be out of reach before what waits for it gives up, in milliseconds. */
export const LONGEST_OUTAGE_MS = 300_000;
/** While it is out of reach, this long between two attempts. */
export const OUTAGE_PAUSE_MS = 1_000;

/** Whether what takes long may outlast the error: not one that says no, but a server that is gone, starting or ending. */
export function isOutage(error: unknown): boolean {
  if (error instanceof RequestAbortedError) return false;
  if (error instanceof CallError) return true;
  const final = [NotFoundError, BadRequestError, AuthenticationError, PermissionDeniedError];
  return error instanceof ApiError && !final.some((type) => error instanceof type);
}

/** Whether the server was not there to answer, or had no time to. */
export const isUnreachable = (error: unknown): error is CallError | RateLimitError | ServerError =>
  (error instanceof CallError && !(error instanceof RequestAbortedError)) ||
  error instanceof RateLimitError ||
  (error instanceof ServerError && error.status === 503);
