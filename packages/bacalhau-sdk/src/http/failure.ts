import { isAxiosError } from 'axios';
import {
  BacalhauError,
  type CallError,
  type CallErrorDetails,
  RequestAbortedError,
  RequestTimeoutError,
  ResponseTooLargeError,
} from '../errors/index.js';
import { redactError, type Secrets } from '../redaction/index.js';
import { type CallContext, callDetails, isSuccess, serverOf, UNKNOWN_OUTCOME } from './call-context.js';
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

/**
 * Turns whatever a request threw into the SDK's own error. Nothing of axios is kept: its errors contain the credentials.
 */
export function toFailure(thrown: unknown, context: CallContext, deadline: Deadline): Failure {
  const failure = failureOf(thrown, context, deadline);
  return { ...failure, error: redactError(failure.error, context.secrets) };
}

function failureOf(thrown: unknown, context: CallContext, deadline: Deadline): Failure {
  const aborted = callAborted(context, deadline);
  if (aborted !== undefined) return { error: aborted };
  if (thrown instanceof BacalhauError) return { error: thrown };
  if (!isAxiosError(thrown)) throw thrown; // A defect of this package, not a failure of the call: its stack helps most.
  if (isTooLarge(thrown)) return { error: tooLarge(context) };
  const { response } = thrown;
  // Only a proxy answers with 407, so the request has not reached the server.
  if (response?.status === 407) {
    const message = `the proxy ${context.proxyAddress ?? 'on the way'} answered 407`;
    return { error: connectionError({ code: 'ERR_PROXY_REFUSED', message }, context) };
  }
  // A connection that breaks within the body comes with the response, but without its data.
  const isCut = response === undefined || response.data === undefined || isSuccess(response.status);
  if (isCut) return { error: connectionError(thrown, context) };
  const { 'retry-after': retryAfter } = plainHeaders(response.headers);
  return { error: responseError(response, context), retryAfter };
}

/** Recognizes, by its message, the error of axios for a body longer than `maxContentLength`: it has no code of its own. */
const isTooLarge = ({ message }: Error): boolean => /^maxContentLength size of \d+ exceeded/.test(message);

function tooLarge(context: CallContext): ResponseTooLargeError {
  const { operation, safe, maxResponseBytes } = context;
  return new ResponseTooLargeError(
    `${operation}: the response of ${serverOf(context)} is larger than ${maxResponseBytes} bytes, unpacked.${safe ? '' : UNKNOWN_OUTCOME} Pass a smaller limit if it is a list, or raise maxResponseBytes if you trust the server.`,
    { ...callDetails(context), outcomeUnknown: !safe, maxResponseBytes },
  );
}

/** Returns the error of a call that was ended early; undefined if it was not. */
function callAborted(context: CallContext, deadline: Deadline): CallError | undefined {
  const { safe, attempts } = context;
  const details = { ...callDetails(context), outcomeUnknown: !safe && attempts > 0 };
  return abortError(deadline, details, `got no response from ${serverOf(context)}`);
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
