import { type AxiosError, isAxiosError } from 'axios';
import {
  ApiError,
  type ApiErrorDetails,
  AuthenticationError,
  BacalhauError,
  BadRequestError,
  type CallErrorDetails,
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
import type { Secrets } from '../redaction/index.js';
import { isRecord, NotLoaded, raceAbort, soon } from '../util/index.js';
import { TextBody } from './body.js';
import type { Deadline } from './deadline.js';
import type { ErrorBody } from './error-body.js';
import { type Headers, plainHeaders } from './headers.js';
import { rest } from './late.js';

/** What the transport knows of a call when it fails. */
export interface CallContext {
  readonly operation: string;
  /** Whether the call only reads. */
  readonly safe: boolean;
  /** Whether it was sent without credentials on purpose. */
  readonly anonymous?: boolean | undefined;
  readonly baseUrl: string;
  readonly requestId: string;
  readonly attempts: number;
  readonly deadline: Deadline;
  /** What must not be told. */
  readonly secrets: Secrets;
}

export type AttemptContext = Omit<CallContext, 'deadline'>;

/** An answer that is no good. */
export interface ErrorResponse {
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
  const cut = abortError(context);
  if (cut !== undefined) return { error: cut };
  if (thrown instanceof NotLoaded) {
    const words = `${context.operation} was not sent. ${thrown.message}`;
    return { error: new ConnectionError(words, { ...callDetails(context), outcomeUnknown: false }) };
  }
  if (thrown instanceof BacalhauError) return { error: thrown };
  if (!isAxiosError(thrown)) throw thrown; // A defect of ours, not a failure of the call: its stack is what helps.
  const { response } = thrown;
  // A connection that breaks within the body of a good answer comes with that answer.
  if (response === undefined || isSuccess(response.status)) {
    return { error: await connectionError(thrown, context) };
  }
  const headers = plainHeaders(response.headers);
  return { error: await answerError(response, context), retryAfter: headers['retry-after'] };
}

/** What an answer must have: its list, its job, or a text. */
export type RequiredField = 'Items' | 'Nodes' | 'Job' | 'JobID' | 'GitVersion';

/** What an answer is looked at for. */
export interface Expected {
  /** What it must have. Default: nothing in particular. */
  readonly requiredField?: RequiredField;
  /** The id, its beginning or the name that the job in it was asked for by. Default: any job. */
  readonly jobId?: string;
}

/**
 * The answer came with a good status; its body must be the JSON object that every call of this API answers with, a list
 * in it one of objects, and a job the one that was asked for: servers mix up their answers (docs/servers.md).
 */
export async function expectObject(answer: ErrorResponse, expected: Expected, context: CallContext): Promise<void> {
  const { data } = answer;
  if (!isRecord(data) || data instanceof TextBody || !fits(data, expected)) throw await answerError(answer, context);
}

function fits(body: Readonly<Record<string, unknown>>, { requiredField: part, jobId = '' }: Expected): boolean {
  if (part === undefined) return true;
  const value = body[part];
  if (part === 'Job') return isRecord(value) && (value['Name'] === jobId || String(value['ID']).includes(jobId));
  if (part === 'JobID' || part === 'GitVersion') return typeof value === 'string';
  return Array.isArray(value) && value.every(isRecord);
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

type Rest = typeof import('./rest.js');

/**
 * What explains failures is loaded with the first of them. A page may have lost its network by then, which must neither
 * hide a failure nor hold it up: it is told by its class, its facts and few words then.
 */
const explanations = ({ deadline }: CallContext): Promise<Rest | undefined> => soon(raceAbort(rest(), deadline.signal));

async function connectionError({ code, message }: AxiosError, context: CallContext): Promise<ConnectionError> {
  const explained = (await explanations(context))?.connectionError(code, message, context);
  if (explained !== undefined) return explained;
  const { operation, baseUrl, safe } = context;
  const words = `${operation}: the connection to ${baseUrl} failed.${safe ? '' : UNKNOWN_OUTCOME}`;
  return new ConnectionError(words, { ...callDetails(context), outcomeUnknown: !safe, code });
}

async function answerError(answer: ErrorResponse, context: CallContext): Promise<ApiError> {
  const explained = (await explanations(context))?.responseError(answer, context);
  if (explained !== undefined) return explained;
  const { status, data } = answer;
  // What cannot be blacked out is not quoted.
  const quoted = context.secrets.isEmpty;
  const said = isRecord(data) ? (data['Message'] ?? data['message']) : undefined;
  const message = typeof said !== 'string' ? undefined : quoted ? said : '***';
  const facts = errorDetails(status, {}, quoted ? plainHeaders(answer.headers) : {}, context);
  return new (errorClassFor(status))(errorMessage(message, status, context), facts);
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

/** The class of an answer that is no good; one with a good status holds no good body. */
export const errorClassFor = (status: number): typeof ApiError =>
  BY_STATUS.get(status) ?? (status >= 500 ? ServerError : isSuccess(status) ? UnexpectedResponseError : ApiError);

export function errorMessage(
  said = 'the server gave no reason',
  status: number,
  { operation, safe }: Pick<CallContext, 'operation' | 'safe'>,
): string {
  return `${operation}: ${said} (HTTP ${status})${status === 503 && !safe ? UNKNOWN_OUTCOME : ''}`;
}

export function errorDetails(
  status: number,
  { code, component, hint, details = {} }: Partial<ErrorBody>,
  headers: Headers,
  { operation, requestId, attempts }: AttemptContext,
): ApiErrorDetails {
  return {
    ...{ operation, status, code, component, hint, details, attempts },
    requestId: headers['x-request-id'] ?? requestId,
    serverVersion: headers['x-bacalhau-git-version'],
  };
}

function abortError(context: CallContext): BacalhauError | undefined {
  const { deadline, operation, safe, attempts } = context;
  const facts = { ...callDetails(context), outcomeUnknown: !safe && attempts > 0 };
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

export const callDetails = ({
  operation,
  attempts,
  requestId,
}: AttemptContext): Omit<CallErrorDetails, 'outcomeUnknown'> => ({
  operation,
  attempts,
  requestId,
});
