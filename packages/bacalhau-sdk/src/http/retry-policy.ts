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
  UnexpectedResponseError,
} from '../errors/index.js';
import { isSuccess } from './failure.js';

/** How long a server may be out of reach before what waits for it gives up, in milliseconds. */
export const UNREACHABLE_AFTER_MS = 300_000;
/** While it is out of reach, this long between two attempts. */
export const UNREACHABLE_PAUSE_MS = 1_000;

/** Whether what takes long may outlast the error: not one that says no, but a server that is gone, starting or ending. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof RequestAbortedError) return false;
  if (error instanceof CallError) return true;
  const final = [NotFoundError, BadRequestError, AuthenticationError, PermissionDeniedError];
  return error instanceof ApiError && !final.some((type) => error instanceof type);
}

/**
 * Whether asking again may help: the server was not there to answer, had no time to, or a good answer was spoilt, be it in
 * between or by a server that mixes up its answers (docs/servers.md). Not 500: servers answer user errors with it, and a
 * repeat changes nothing.
 */
export const isTransient = (
  error: unknown,
): error is CallError | RateLimitError | ServerError | UnexpectedResponseError =>
  (error instanceof CallError && !(error instanceof RequestAbortedError)) ||
  error instanceof RateLimitError ||
  (error instanceof ServerError && error.status === 503) ||
  (error instanceof UnexpectedResponseError && isSuccess(error.status));
