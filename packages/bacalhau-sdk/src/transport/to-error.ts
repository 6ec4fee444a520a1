import { isAxiosError } from 'axios';
import { platform } from '#platform';
import {
  ApiError,
  type ApiErrorFacts,
  AuthenticationError,
  BacalhauError,
  BadRequestError,
  type CallFacts,
  ConflictError,
  ConnectionError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  RateLimitError,
  RequestAbortedError,
  RequestTimeoutError,
  ServerError,
  UnexpectedResponseError,
} from '../errors/index.js';
import { isRecord } from '../records.js';
import { TextBody } from './body.js';
import type { Deadline } from './deadline.js';
import type { ErrorBody } from './error-body.js';
import { type Headers, plainHeaders } from './headers.js';
import { NotLoaded } from './load.js';
import type { Scrubber } from './scrubber.js';

/** What the transport knows of a call when it fails. */
export interface CallContext {
  readonly operation: string;
  /** Whether the call only reads. */
  readonly safe: boolean;
  /** Whether it was sent without credentials on purpose. */
  readonly open?: boolean | undefined;
  readonly baseUrl: string;
  readonly requestId: string;
  readonly attempts: number;
  readonly deadline: Deadline;
  /** Takes out of the server's words what is secret. */
  readonly scrubber: Scrubber;
}

export type AttemptContext = Omit<CallContext, 'deadline'>;

/** An answer that is no good. */
export interface BadAnswer {
  readonly status: number;
  /** The decoded body. */
  readonly data: unknown;
  readonly headers: object;
}

/** A failure in the SDK's words, with the server's wish about the next try. */
export interface Failure {
  readonly error: BacalhauError;
  readonly retryAfter?: string | undefined;
}

/** The only place where errors of calls are made. Nothing of axios is kept: its errors carry the credentials. */
export async function toFailure(thrown: unknown, context: CallContext): Promise<Failure> {
  const cut = cutShort(context);
  if (cut !== undefined) return { error: cut };
  if (thrown instanceof BacalhauError) return { error: thrown };
  if (thrown instanceof NotLoaded) {
    const words = `${context.operation} was not sent, because a part of bacalhau-sdk cannot be loaded: ${thrown.message}.`;
    return { error: new ConnectionError(words, { ...callFacts(context), outcomeUnknown: false }) };
  }
  if (!isAxiosError(thrown)) throw thrown; // A defect of ours, not a failure of the call: its stack is what helps.
  const { response } = thrown;
  // A connection that breaks within the body of a good answer comes with that answer.
  if (response === undefined || isGood(response.status)) {
    return { error: connectionError(thrown.code, context.scrubber.scrub(thrown.message), context) };
  }
  const headers = plainHeaders(response.headers);
  return { error: await answerError(response, context), retryAfter: headers['retry-after'] };
}

/** What an answer must have: its list, or its job. */
export type AnswerPart = 'Items' | 'Nodes' | 'Job';

/**
 * The answer came with a good status; its body must be the JSON object that every call of this API answers with, a list
 * in it one of objects, and a job an object.
 */
export async function expectObject(
  answer: BadAnswer,
  part: AnswerPart | undefined,
  context: AttemptContext,
): Promise<void> {
  const { data } = answer;
  if (!isRecord(data) || data instanceof TextBody || !hasPart(data, part)) throw await answerError(answer, context);
}

function hasPart(body: Readonly<Record<string, unknown>>, part: AnswerPart | undefined): boolean {
  if (part === undefined) return true;
  return part === 'Job' ? isRecord(body[part]) : isListOfRecords(body[part]);
}

const isListOfRecords = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);

export const isGood = (status: number): boolean => status >= 200 && status < 300;

/**
 * What explains bad answers is loaded with the first of them. A page may have lost its network by then, which must not
 * hide the answer: it is told by its status and the server's own words.
 */
async function answerError(answer: BadAnswer, context: AttemptContext): Promise<ApiError> {
  const headers = context.scrubber.scrubAll(plainHeaders(answer.headers));
  const explanation = await import('./answer-error.js').catch(() => undefined);
  if (explanation !== undefined) return explanation.answerError(answer, headers, context);
  const { status, data } = answer;
  const said = isRecord(data) ? (data['Message'] ?? data['message']) : undefined;
  const message = typeof said === 'string' ? context.scrubber.scrub(said) : undefined;
  const Type = isGood(status) ? UnexpectedResponseError : typeOf(status);
  return new Type(wordsOf(message, status, context), factsOf(status, {}, headers, context));
}

const BY_STATUS = new Map<number, typeof ApiError>([
  [400, BadRequestError],
  [401, AuthenticationError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [409, ConflictError],
  [413, PayloadTooLargeError],
  [429, RateLimitError],
]);

export const typeOf = (status: number): typeof ApiError =>
  BY_STATUS.get(status) ?? (status >= 500 ? ServerError : ApiError);

export function wordsOf(
  said = 'the server gave no reason',
  status: number,
  { operation, safe }: Pick<CallContext, 'operation' | 'safe'>,
): string {
  return `${operation}: ${said} (HTTP ${status})${status === 503 && !safe ? UNKNOWN_OUTCOME : ''}`;
}

export function factsOf(
  status: number,
  { code, component, hint, details = {} }: Partial<ErrorBody>,
  headers: Headers,
  { operation, requestId, attempts }: AttemptContext,
): ApiErrorFacts {
  return {
    ...{ operation, status, code, component, hint, details, attempts },
    requestId: headers['x-request-id'] ?? requestId,
    serverVersion: headers['x-bacalhau-git-version'],
  };
}

function cutShort(context: CallContext): BacalhauError | undefined {
  const { deadline, operation, safe, attempts } = context;
  const facts = { ...callFacts(context), outcomeUnknown: !safe && attempts > 0 };
  const warning = facts.outcomeUnknown ? UNKNOWN_OUTCOME : '';
  switch (deadline.reason) {
    case undefined:
      return undefined;
    case 'timeout':
      return new RequestTimeoutError(
        `${operation} got no answer from ${context.baseUrl} within ${deadline.timeoutMs} ms.${warning} Raise timeoutMs if the server is slow.`,
        { ...facts, timeoutMs: deadline.timeoutMs },
      );
    case 'closed':
      return new RequestAbortedError(`${operation} was given up because the client was closed.${warning}`, facts);
    case 'signal':
      return new RequestAbortedError(`${operation} was aborted by its signal.${warning}`, facts, {
        cause: deadline.callerReason,
      });
  }
}

export const UNKNOWN_OUTCOME = ' The server may have carried it out all the same: look before you repeat it.';

export function connectionError(code: string | undefined, message: string, context: AttemptContext): ConnectionError {
  const { operation, safe, baseUrl } = context;
  const unsent = code === undefined ? undefined : platform.explainCode(code, baseUrl, message);
  const outcomeUnknown = !safe && unsent === undefined;
  const words = unsent?.words ?? explain(code, message, baseUrl);
  return new ConnectionError(`${operation}: ${words}${outcomeUnknown ? UNKNOWN_OUTCOME : ''}`, {
    ...callFacts(context),
    outcomeUnknown,
    code,
  });
}

function explain(code: string | undefined, message: string, baseUrl: string): string {
  if (code === 'ERR_NETWORK') {
    // fetch and XMLHttpRequest tell nothing more, so that pages cannot explore networks.
    return `no answer came from ${baseUrl}, and browsers do not say why. Their developer tools may. Does anything listen there? Is its certificate trusted? Is the address https if the page is? Does a proxy in between drop the CORS headers that orchestrators send?`;
  }
  return `the connection to ${baseUrl} failed (${code === undefined || message.includes(code) ? message : `${code}: ${message}`}).`;
}

const callFacts = ({ operation, attempts, requestId }: AttemptContext): Omit<CallFacts, 'outcomeUnknown'> => ({
  operation,
  attempts,
  requestId,
});
