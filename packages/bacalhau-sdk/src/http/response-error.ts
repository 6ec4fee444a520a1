import {
  ApiError,
  type ApiErrorDetails,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  harmlessLine,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnexpectedResponseError,
} from '../errors/index.js';
import { isAtLeast, parseRelease } from '../model/index.js';
import { excerpt, redact, type Secrets } from '../redaction/index.js';
import type { ResponseInfo } from './api-promise.js';
import { type CallContext, isGatewayStatus, isSuccess, type RawResponse, UNKNOWN_OUTCOME } from './call-context.js';
import { type ErrorBody, isPage, isServersError, parseErrorBody } from './error-body.js';
import { type Headers, plainHeaders } from './headers.js';

const CLASSES = new Map<number, typeof ApiError>([
  [400, BadRequestError],
  [401, AuthenticationError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [409, ConflictError],
  [413, PayloadTooLargeError],
  [429, RateLimitError],
]);

/** Conflicts that servers from 1.4 to 1.9 report with status 500. */
const CONFLICTS: readonly { readonly code?: RegExp; readonly message?: RegExp }[] = [
  { code: /^ConflictJobState$/ },
  { code: /^Multiple\w+Found$/ },
  { code: /^MultipleJobIDsForSameNameFound$/ },
  { message: /^cannot (?:stop|cancel) job in state/i },
  { message: /^no changes detected/i },
  { message: /already in a terminal state/i },
  // Of a job that has failed, where one that has completed is reported as above (jobstore/errors.go, 1.4.0).
  { message: /^job \S+ is in terminal state \w+ and cannot transition to /i },
  // Of 1.4, which has no codes.
  { message: /^node already (?:approved|rejected)$/i },
  { message: /^multiple (?:jobs|nodes) found /i },
];

/**
 * What servers up to 1.4 report with 500, 400 or 200: an unknown job, an unknown node, and a body of more than 10 MiB.
 */
const CLASSES_BY_MESSAGE: readonly { readonly message: RegExp; readonly Type: typeof ApiError }[] = [
  { message: /^job not found(?:\. ID)?: /i, Type: NotFoundError },
  { message: /^execution not found: /, Type: NotFoundError },
  { message: /^nodeInfo not found for nodeID: /, Type: NotFoundError },
  { message: /http: request body too large$/, Type: PayloadTooLargeError },
];

/** How servers up to 1.7 report that they have no lists of a job, because there is none of that id. */
const NO_LISTS = /^bucket not found$/;
/** How servers from 1.5 to 1.7 report an unknown execution; ids are unique. */
const NOT_ONE_EXECUTION = /^multiple executions found for id (\S+)$/;

/** Returns the class of an error by the status of the response; a 2xx status means that the body was not usable. */
export const errorClassFor = (status: number): typeof ApiError =>
  CLASSES.get(status) ?? (status >= 500 ? ServerError : isSuccess(status) ? UnexpectedResponseError : ApiError);

/** Creates the error of a response that reports one, or that is not usable: `problem` says why its body is not. */
export function responseError(response: RawResponse, context: CallContext, problem?: string): ApiError {
  const { status } = response;
  const headers = redact(plainHeaders(response.headers), context.secrets);
  if (isSuccess(status)) return unusableBody(status, headers, context, problem && redact(problem, context.secrets));
  const body = withUnknown(redactBody(parseErrorBody(response.data), context.secrets), context);
  const details = {
    ...errorDetails(status, body, headers, context),
    ...(isGatewaysFailure(response, headers, context) && { outcomeUnknown: !context.safe }),
  };
  if (status >= 300 && status < 400) return redirect(headers, details, context);
  if (isFromStranger(response, details, context)) return strangersResponse(details, context);
  if (isAboutAnotherJob(body, context)) return aboutAnotherJob(body, details, context);
  const { operation } = context;
  const message = body.message ?? 'the server gave no reason';
  const warning = details.outcomeUnknown ? UNKNOWN_OUTCOME : '';
  const advice = adviceFor(body, status, context) + adviceOnNames(body, details);
  return new (classOf(status, body))(`${operation}: ${message} (HTTP ${status})${warning}${advice}`, details);
}

/** Collects what the server reported in an error, and how it was reached. */
export function errorDetails(
  status: number,
  { code, component, hint, details = {} }: Partial<ErrorBody>,
  headers: Headers,
  { operation, requestId, attempts, safe }: CallContext,
): ApiErrorDetails {
  const { 'x-bacalhau-git-version': serverVersion } = headers;
  return {
    ...{ operation, status, code, component, hint, details, attempts },
    requestId: harmlessLine(headers['x-request-id'] ?? requestId),
    serverVersion: serverVersion && harmlessLine(serverVersion),
    outcomeUnknown: !safe && (isSuccess(status) || isGatewayStatus(status)),
  };
}

function unusableBody(status: number, headers: Headers, context: CallContext, problem?: string): ApiError {
  const { operation, baseUrl, safe } = context;
  const details = errorDetails(status, {}, headers, context);
  const { serverVersion } = details;
  // With a version it is a Bacalhau server: see docs/requests-in-flight.md.
  const advice =
    serverVersion === undefined
      ? 'Check the host, the port and any proxy on the way.'
      : `Servers ${serverVersion} mix up responses when other requests are aborted.`;
  const what = problem === undefined ? '' : ` to this call: ${problem}`;
  return new UnexpectedResponseError(
    `${operation}: ${baseUrl} responded with ${status}, but not with the JSON of a Bacalhau orchestrator${what}.${safe ? '' : UNKNOWN_OUTCOME} ${advice}`,
    details,
  );
}

/**
 * Returns whether a failure may be that of a gateway, which does not say what became of the request: those of
 * orchestrators have their version or their format.
 */
const isGatewaysFailure = ({ status, data }: RawResponse, headers: Headers, { operation }: CallContext): boolean =>
  status >= 500 &&
  headers['x-bacalhau-git-version'] === undefined &&
  !operation.startsWith('legacy.') &&
  !isServersError(data, operation);

/**
 * Returns whether another web server than an orchestrator, or a gateway in front of one, gave the response, with a status
 * that would say something else about the job if it was an orchestrator's. A gateway's own statuses mean what they say.
 */
function isFromStranger(
  { status, data }: RawResponse,
  { serverVersion }: ApiErrorDetails,
  context: CallContext,
): boolean {
  if (serverVersion !== undefined || isGatewayStatus(status)) return false;
  if (status === 404) return !isServersError(data, context.operation);
  return status !== 401 && status !== 429 && status !== 413 && isPage(data);
}

function strangersResponse(details: ApiErrorDetails, { operation, baseUrl }: CallContext): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `${operation}: ${baseUrl} responded with ${details.status}, but not as a Bacalhau orchestrator does. Check the host, the port and any proxy on the way.`,
    details,
  );
}

/** Rewords, as other calls and servers put it, that a job or an execution is unknown. */
function withUnknown(body: ErrorBody, { jobId }: CallContext): ErrorBody {
  const { message = '' } = body;
  if (jobId !== undefined && NO_LISTS.test(message)) return { ...body, message: `job not found: ${jobId}` };
  const [, executionId] = NOT_ONE_EXECUTION.exec(message) ?? [];
  return executionId === undefined
    ? body
    : { ...body, message: `execution not found: ${executionId}`, hint: undefined };
}

/** Compares the job with the one that the message names: servers mix up these responses, too. */
function isAboutAnotherJob({ message = '' }: ErrorBody, { jobId }: CallContext): boolean {
  const [, unknown] = /^job not found(?:\. ID)?: (\S+)$/i.exec(message) ?? [];
  return jobId !== undefined && unknown !== undefined && unknown !== jobId;
}

function aboutAnotherJob(
  { message }: ErrorBody,
  details: ApiErrorDetails,
  { operation, baseUrl, jobId, safe }: CallContext,
): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `${operation}: ${baseUrl} responded about another job than ${JSON.stringify(jobId)}: ${message} (HTTP ${details.status}).${safe ? '' : UNKNOWN_OUTCOME}`,
    { ...details, outcomeUnknown: !safe },
  );
}

function redirect(headers: Headers, details: ApiErrorDetails, { operation, baseUrl }: CallContext): ApiError {
  const target = headers['location'] ?? 'an unnamed address';
  return new UnexpectedResponseError(
    `${operation}: ${baseUrl} redirects to ${target}. Redirects are not followed, so that credentials are not sent elsewhere. Set the address that it redirects to.`,
    details,
  );
}

function classOf(status: number, body: ErrorBody): typeof ApiError {
  return classByMessage(body) ?? (status === 500 && isConflict(body) ? ConflictError : errorClassFor(status));
}

const isConflict = ({ code = '', message = '' }: ErrorBody): boolean =>
  CONFLICTS.some((known) => known.code?.test(code) === true || known.message?.test(message) === true);

const classByMessage = ({ message = '' }: ErrorBody): typeof ApiError | undefined =>
  CLASSES_BY_MESSAGE.find((known) => known.message.test(message))?.Type;

/** Creates the error of a response with a 2xx status whose body says that nothing was done, and why. */
export function refusalError(
  operation: string,
  reason: string,
  { status, requestId, attempts, serverVersion }: ResponseInfo,
): ApiError {
  const body = { message: reason };
  const Type = classByMessage(body) ?? (isConflict(body) ? ConflictError : ApiError);
  return new Type(`${operation}: ${reason}`, {
    ...{ operation, status, requestId, attempts, serverVersion },
    ...{ code: undefined, component: undefined, hint: undefined, details: {}, outcomeUnknown: false },
  });
}

function adviceFor({ message, hint, details }: ErrorBody, status: number, { anonymous }: CallContext): string {
  if (message !== undefined && /HTTP request to an HTTPS server/i.test(message)) {
    return ' Use https: set BACALHAU_HTTPS, or the option https.';
  }
  const given = status === 401 || status === 403 ? details?.['reason'] : undefined;
  const reason = given === undefined || given === '' ? '' : ` Reason: ${given}.`;
  // What servers hint at with a 401 helps nobody; a gateway's own hint does.
  if (status === 401 && anonymous !== true && (hint === undefined || /has been recorded/.test(hint))) {
    return `${reason} Credentials are missing or were rejected. Set BACALHAU_API_KEY, or BACALHAU_API_USERNAME and BACALHAU_API_PASSWORD, or the option auth.`;
  }
  // A hint for the command line's users.
  if (hint !== undefined && /--force/.test(hint)) {
    return ' To run it again anyway, call jobs.put with Force: true.';
  }
  return hint === undefined ? reason : `${reason} Hint: ${hint}`;
}

/** Returns advice for servers before 1.8, which treat a name as an unknown id. */
function adviceOnNames(
  { message = '' }: ErrorBody,
  { operation, serverVersion }: Pick<ApiErrorDetails, 'operation' | 'serverVersion'>,
): string {
  if (operation.startsWith('legacy.')) return '';
  const [, wanted] = /^job not found(?:\. ID)?: (.*)$/i.exec(message) ?? [];
  if (wanted === undefined || /^(j-)?[0-9a-f]{8}/.test(wanted)) return '';
  if (isAtLeast(parseRelease(serverVersion), '1.8.0')) return '';
  return ` This server, ${serverVersion}, finds jobs by their ids only. Pass the id, or use a server from 1.8.0 on.`;
}

/** How much of a body that is plain text a message quotes, which may be the page of a proxy. */
const LONGEST_PLAIN_TEXT = 500;

function redactBody({ message, code, component, hint, details, isPlainText }: ErrorBody, secrets: Secrets): ErrorBody {
  const clean = (text: string | undefined, maxLength?: number): string | undefined =>
    text === undefined ? undefined : excerpt(text, secrets, maxLength);
  const entries = Object.entries(details ?? {}).map(([name, value]) => [clean(name) ?? '', clean(value) ?? '']);
  return {
    message: clean(message, isPlainText === true ? LONGEST_PLAIN_TEXT : undefined),
    code: clean(code),
    component: clean(component),
    hint: clean(hint),
    details: details && Object.fromEntries(entries),
  };
}
