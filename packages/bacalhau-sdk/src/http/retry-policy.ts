import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  CallError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  RequestAbortedError,
  ResponseTooLargeError,
  ServerError,
  UnexpectedResponseError,
} from '../errors/index.js';
import { sleep, throwIfAborted } from '../util/index.js';
import { isGatewayStatus, isSuccess } from './call-context.js';
import type { CallOptions } from './options.js';

/** The failures after which the same request may succeed. */
export type TransientError = CallError | RateLimitError | ServerError | UnexpectedResponseError;

/** Repeats of one request, as often as `maxRetries` says. */
export interface AttemptPolicy {
  isRetryable(error: unknown): error is TransientError;
  /** Returns the pause after an attempt, counted from 1, in milliseconds. */
  delayMs(attempt: number, retryAfter?: string): number;
}

/** Repeats of what takes long while the server is out of reach, as long as `longestMs` says. */
export interface OutagePolicy {
  isRetryable(error: unknown): boolean;
  /** The pause between two attempts, in milliseconds. */
  readonly pauseMs: number;
  /** How long an outage may last, in milliseconds. */
  readonly longestMs: number;
}

/**
 * Returns whether the same request may succeed: the server did not respond, had no time to, a gateway got no response of
 * it, or a response was damaged by a proxy or by a server that mixes up its responses (docs/requests-in-flight.md). Not for
 * a 500: servers report users' mistakes with it.
 */
const isTransient = (error: unknown): error is TransientError =>
  (error instanceof CallError && !isFinal(error)) ||
  error instanceof RateLimitError ||
  (error instanceof ServerError && isGatewayStatus(error.status)) ||
  (error instanceof UnexpectedResponseError && (isSuccess(error.status) || error.serverVersion !== undefined));

/** Returns whether the request may have been processed although the response does not say so. */
const mayBeProcessed = (error: unknown): error is ServerError | UnexpectedResponseError =>
  (error instanceof ServerError || error instanceof UnexpectedResponseError) && error.outcomeUnknown;

/** Returns whether the call was ended on purpose. */
const isFinal = (error: unknown): boolean =>
  error instanceof RequestAbortedError || error instanceof ResponseTooLargeError;

/** Returns whether work that takes long may continue after the error: for a server that is gone, starting or ending. */
function isUnreachable(error: unknown): boolean {
  if (isFinal(error)) return false;
  if (error instanceof CallError) return true;
  return error instanceof ApiError && !isRefused(error) && !(error instanceof BadRequestError);
}

/** Returns whether the server knows the request and refuses it for good. */
const isRefused = (error: unknown): boolean =>
  error instanceof AuthenticationError || error instanceof PermissionDeniedError || error instanceof NotFoundError;

const OUTAGE = { pauseMs: 1_000, longestMs: 300_000 } as const;

/** A call that only reads. */
export const readPolicy: AttemptPolicy = { isRetryable: isTransient, delayMs: retryDelayMs };

/** The submission of a job, which looks for the job by its name before it sends it again. */
export const submissionPolicy = {
  isRetryable: (error: unknown): error is TransientError => isTransient(error) || mayBeProcessed(error),
  delayMs: (attempt: number): number => retryDelayMs(attempt),
  /** How long a run looks for a job whose submission was not answered, in milliseconds. */
  longestMs: OUTAGE.longestMs,
} as const;

/** A step of a run that may be repeated, such as collecting its output. */
export const stepPolicy: OutagePolicy = { ...OUTAGE, isRetryable: isTransient };

/** Waiting for the end of a job. */
export const waitPolicy: OutagePolicy = { ...OUTAGE, isRetryable: isUnreachable };

/** Following the history of a job. */
export const historyPolicy: OutagePolicy = { ...OUTAGE, isRetryable: isUnreachable };

/** Following the logs of a job. */
export const logPolicy = {
  ...OUTAGE,
  /** Whether the job can still be watched. 410 means that it is gone for good. */
  isRetryable: (error: unknown): boolean =>
    isUnreachable(error) && !(error instanceof ApiError && error.status === 410),
  /** Whether a log stream that could not be opened may open later. */
  mayReopen: (error: unknown): boolean => !isRefused(error) && !(error instanceof BadRequestError),
} as const;

/** The download of a file from a result host, which continues where the last connection broke. */
export const downloadPolicy = {
  maxRetries: 4,
  /** `retries500` is for stores that report an overload with that status. */
  isRetryable: (status: number, { retries500 }: { readonly retries500: boolean }): boolean =>
    status === 408 || status === 429 || isGatewayStatus(status) || (status === 500 && retries500),
  /** A host may ask for a minute; one that asks for a day is asked again after that minute. */
  delayMs: (attempt: number, retryAfter?: string): number => Math.min(retryDelayMs(attempt, retryAfter), 60_000),
} as const;

const BASE_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;
/** How long a server may ask a call to wait, in milliseconds; what takes longer is for the caller to decide. */
export const LONGEST_RETRY_AFTER_MS = 300_000;

/**
 * Returns the pause after the given attempt, in milliseconds: what the server asks for, else exponential backoff with full
 * jitter, so that many clients that failed together do not come back together.
 */
export function retryDelayMs(attempt: number, retryAfter?: string, random: () => number = Math.random): number {
  return parseRetryAfter(retryAfter) ?? random() * Math.min(LONGEST_DELAY_MS, BASE_DELAY_MS * 2 ** (attempt - 1));
}

/** Parses `Retry-After`, a number of seconds or a date (RFC 9110, 10.2.3), into milliseconds. */
export function parseRetryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** What starts work that aborting, or closing the client, ends. */
interface DeadlineSource {
  withDeadline<T>(
    operation: string,
    options: Pick<CallOptions, 'signal'>,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
}

/** Repeats a step as `stepPolicy` says, for `longestMs` at most. */
export async function retryWhileUnreachable<T>(
  deadlines: DeadlineSource,
  operation: string,
  work: (isRepeated: boolean) => Promise<T>,
  {
    signal,
    longestMs = stepPolicy.longestMs,
  }: Pick<CallOptions, 'signal'> & { readonly longestMs?: number | undefined },
): Promise<T> {
  let since: number | undefined;
  for (;;) {
    try {
      return await work(since !== undefined);
    } catch (error) {
      since ??= performance.now();
      if (!stepPolicy.isRetryable(error) || performance.now() - since >= longestMs) throw error;
      await deadlines.withDeadline(operation, { signal }, async (ending) => {
        await sleep(stepPolicy.pauseMs, ending);
        throwIfAborted(ending);
      });
    }
  }
}
