import { isAxiosError } from 'axios';
import {
  BacalhauError,
  type CallError,
  type CallErrorDetails,
  RequestAbortedError,
  RequestTimeoutError,
} from '../errors/index.js';
import { redactError, type Secrets } from '../redaction/index.js';
import { type CallContext, callDetails, isSuccess, UNKNOWN_OUTCOME } from './call-context.js';
import { connectionError } from './connection-error.js';
import type { Deadline } from './deadline.js';
import { plainHeaders } from './headers.js';
import { responseError } from './response-error.js';

/** Why a call failed. */
export interface Failure {
  readonly error: BacalhauError;
  /** The server's `Retry-After` header. */
  readonly retryAfter?: string | undefined;
}

/** Turns whatever a request threw into the SDK's own error. Nothing of axios is kept: its errors contain the credentials. */
export function toFailure(thrown: unknown, context: CallContext, deadline: Deadline): Failure {
  const failure = failureOf(thrown, context, deadline);
  return { ...failure, error: redactError(failure.error, context.secrets) };
}

function failureOf(thrown: unknown, context: CallContext, deadline: Deadline): Failure {
  const aborted = callAborted(context, deadline);
  if (aborted !== undefined) return { error: aborted };
  if (thrown instanceof BacalhauError) return { error: thrown };
  if (!isAxiosError(thrown)) throw thrown; // A defect of this package, not a failure of the call: its stack helps most.
  const { response } = thrown;
  // A connection that breaks within the body comes with the response, but without its data.
  const isCut = response === undefined || response.data === undefined || isSuccess(response.status);
  if (isCut) return { error: connectionError(thrown, context) };
  const { 'retry-after': retryAfter } = plainHeaders(response.headers);
  return { error: responseError(response, context), retryAfter };
}

/** Returns the error of a call that was ended early; undefined if it was not. */
function callAborted(context: CallContext, deadline: Deadline): CallError | undefined {
  const { baseUrl, safe, attempts } = context;
  const details = { ...callDetails(context), outcomeUnknown: !safe && attempts > 0 };
  return abortError(deadline, details, `got no response from ${baseUrl}`);
}

/** Returns the error of work of several calls: why it was ended early, if it was, else what it threw. */
export function workFailure(operation: string, thrown: unknown, deadline: Deadline, secrets: Secrets): BacalhauError {
  const details = { operation, attempts: 0, requestId: '', outcomeUnknown: false };
  const aborted = abortError(deadline, details);
  if (aborted !== undefined) return redactError(aborted, secrets);
  if (thrown instanceof BacalhauError) return redactError(thrown, secrets);
  throw thrown; // A defect of this package.
}

/** Returns the error of what a deadline, a signal or closing the client ended early; undefined if none of them did. */
export function abortError(
  deadline: Deadline,
  details: CallErrorDetails,
  timedOut = 'did not finish',
): CallError | undefined {
  const { operation, outcomeUnknown } = details;
  const warning = outcomeUnknown ? UNKNOWN_OUTCOME : '';
  switch (deadline.reason) {
    case undefined:
      return undefined;
    case 'timeout':
      return new RequestTimeoutError(
        `${operation} ${timedOut} within ${deadline.timeoutMs} ms.${warning} Raise timeoutMs if it needs more time.`,
        { ...details, timeoutMs: deadline.timeoutMs },
      );
    case 'closed':
      return new RequestAbortedError(`${operation} was aborted because the client was closed.${warning}`, details);
    case 'signal':
      return new RequestAbortedError(`${operation} was aborted by its signal.${warning}`, details, {
        cause: deadline.callerReason,
      });
  }
}
