import { isAxiosError } from 'axios';
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
import type { SocketEnd } from '../platform/platform.js';
import { isRecord } from '../records.js';
import type { Deadline } from './deadline.js';
import { type ErrorBody, parseErrorBody, TextBody } from './error-body.js';
import { plainHeaders } from './headers.js';
import type { Scrubber } from './scrubber.js';
import { isAtLeast, parseRelease } from './version.js';

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

type AttemptContext = Omit<CallContext, 'deadline'>;

/** A failure in the SDK's words, with the server's wish about the next try. */
export interface Failure {
  readonly error: BacalhauError;
  readonly retryAfter?: string | undefined;
}

/** The only place where errors of calls are made. Nothing of axios is kept: its errors carry the credentials. */
export function toFailure(thrown: unknown, context: CallContext): Failure {
  const cut = cutShort(context);
  if (cut !== undefined) return { error: cut };
  if (thrown instanceof BacalhauError) return { error: thrown };
  if (!isAxiosError(thrown)) throw thrown; // A defect of ours, not a failure of the call: its stack is what helps.
  const { response } = thrown;
  // A connection that breaks within the body of a good answer comes with that answer.
  if (response === undefined || (response.status >= 200 && response.status < 300)) {
    return { error: connectionError(thrown.code, context.scrubber.scrub(thrown.message), context) };
  }
  const headers = context.scrubber.scrubAll(plainHeaders(response.headers));
  return {
    error: apiError(response.status, response.data, headers, context),
    retryAfter: headers['retry-after'],
  };
}

/** A WebSocket that did not open; `body` is the decoded answer, where there was one. */
export function upgradeError(
  end: Exclude<SocketEnd, { kind: 'cut' | 'closed' }>,
  body: unknown,
  context: AttemptContext,
): BacalhauError {
  const { scrubber } = context;
  if (end.kind === 'failed') return connectionError(end.code, scrubber.scrub(end.message), context);
  const headers = scrubber.scrubAll(plainHeaders(end.headers));
  // A gateway that does not know WebSockets answers as if this were any request.
  if (end.status < 300) {
    return new UnexpectedResponseError(
      `${context.operation}: ${context.baseUrl} answered ${end.status} instead of opening a WebSocket. Check what stands between here and the orchestrator: it must pass WebSockets on.`,
      factsOf(end.status, {}, headers, context),
    );
  }
  return apiError(end.status, body, headers, context);
}

/** What an answer must have: its list, or its job. */
export type AnswerPart = 'Items' | 'Nodes' | 'Job';

/**
 * The answer came with a good status; its body must be the JSON object that every call of this API answers with, a list
 * in it one of objects, and a job an object.
 */
export function expectObject(
  { status, data: body, headers }: { readonly status: number; readonly data: unknown; readonly headers: object },
  part: AnswerPart | undefined,
  context: CallContext,
): void {
  if (isRecord(body) && !(body instanceof TextBody) && hasPart(body, part)) return;
  throw new UnexpectedResponseError(
    `${context.operation}: ${context.baseUrl} answered ${status}, but not with JSON as a Bacalhau orchestrator does.${context.safe ? '' : UNKNOWN_OUTCOME} Check the host, the port and what stands in between.`,
    factsOf(status, {}, context.scrubber.scrubAll(plainHeaders(headers)), context),
  );
}

function hasPart(body: Readonly<Record<string, unknown>>, part: AnswerPart | undefined): boolean {
  if (part === undefined) return true;
  return part === 'Job' ? isRecord(body[part]) : isListOfRecords(body[part]);
}

const isListOfRecords = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);

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

const UNKNOWN_OUTCOME = ' The server may have carried it out all the same: look before you repeat it.';

/** With these codes the request never left this machine. */
const NEVER_SENT = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ERR_PROXY_REFUSED'],
]);

function connectionError(code: string | undefined, message: string, context: AttemptContext): ConnectionError {
  const outcomeUnknown = !context.safe && !(code !== undefined && (NEVER_SENT.has(code) || isTlsCode(code)));
  return new ConnectionError(
    `${context.operation}: ${explain(code, message, context.baseUrl)}${outcomeUnknown ? UNKNOWN_OUTCOME : ''}`,
    { ...callFacts(context), outcomeUnknown, code },
  );
}

/** Whether a system's code is about a certificate or about TLS itself. */
export const isTlsCode = (code: string): boolean =>
  /^(ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|ERR_SSL)/.test(code);

function explain(code: string | undefined, message: string, baseUrl: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${baseUrl}. Start an orchestrator there, for example with npx bacalhau-devnet, or set BACALHAU_API_HOST and BACALHAU_API_PORT.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${baseUrl} cannot be found. Check BACALHAU_API_HOST, or the option host.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${baseUrl} cannot be reached from this machine. Check the network and the address.`;
    case 'ERR_PROXY_REFUSED':
      return `${message}, and opened no tunnel to ${baseUrl}. Check HTTPS_PROXY or HTTP_PROXY, the password in it, and NO_PROXY.`;
    case 'ERR_NETWORK':
      // fetch and XMLHttpRequest tell nothing more, so that pages cannot explore networks.
      return `no answer came from ${baseUrl}, and browsers do not say why. Their developer tools may. Does anything listen there? Is its certificate trusted? Is the address https if the page is? Does a proxy in between drop the CORS headers that orchestrators send?`;
    case 'EPROTO':
      return `${baseUrl} does not speak TLS. Use http, or unset BACALHAU_HTTPS.`;
    default:
      if (code !== undefined && isTlsCode(code)) {
        return `the certificate of ${baseUrl} is not trusted (${code}). Give its authority: set BACALHAU_API_TLS_CAFILE, or the option tls.`;
      }
      return `the connection to ${baseUrl} failed (${code === undefined || message.includes(code) ? message : `${code}: ${message}`}).`;
  }
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

/** Conflicts that servers from 1.4 to 1.9 answer with 500. */
const CONFLICTS: readonly { readonly code?: RegExp; readonly message?: RegExp }[] = [
  { code: /^ConflictJobState$/ },
  { code: /^Multiple\w+Found$/ },
  { code: /^MultipleJobIDsForSameNameFound$/ },
  { message: /^cannot stop job in state/i },
  { message: /^no changes detected/i },
  { message: /already in a terminal state/i },
];

/** What servers before 1.4 say of an unknown job, with 500 or 400, and of a body of more than 10 MiB, with 400. */
const LEGACY_TYPES: readonly { readonly message: RegExp; readonly Type: typeof ApiError }[] = [
  { message: /^Job not found\. ID: /, Type: NotFoundError },
  { message: /http: request body too large$/, Type: PayloadTooLargeError },
];

function apiError(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  context: AttemptContext,
): ApiError {
  const parsed = clean(parseErrorBody(body), context.scrubber);
  const facts = factsOf(status, parsed, headers, context);
  if (status >= 300 && status < 400) {
    return new UnexpectedResponseError(
      `${context.operation}: ${context.baseUrl} redirects to ${headers['location'] ?? 'another place'}. Redirects are not followed, so that credentials stay where they belong: set the address it points to.`,
      facts,
    );
  }
  const conflict =
    status === 500 &&
    CONFLICTS.some(({ code, message }) => (code ?? message)?.test((code ? parsed.code : parsed.message) ?? ''));
  const said = parsed.message ?? 'the server gave no reason';
  const Type = conflict
    ? ConflictError
    : (LEGACY_TYPES.find(({ message }) => message.test(said))?.Type ??
      BY_STATUS.get(status) ??
      (status >= 500 ? ServerError : ApiError));
  const doubt = status === 503 && !context.safe ? UNKNOWN_OUTCOME : '';
  const advice = adviceFor(parsed, status, context) + adviceOnNames(parsed, facts.serverVersion);
  return new Type(`${context.operation}: ${said} (HTTP ${status})${doubt}${advice}`, facts);
}

function adviceFor({ message, hint, details }: ErrorBody, status: number, { open }: AttemptContext): string {
  if (message !== undefined && /HTTP request to an HTTPS server/i.test(message)) {
    return ' Use https: set BACALHAU_HTTPS, or the option https.';
  }
  const reason = status === 401 || status === 403 ? details?.['reason'] : undefined;
  const said = reason === undefined || reason === '' ? '' : ` Reason: ${reason}.`;
  // What servers hint at with a 401 helps nobody; a gateway's own hint does.
  if (status === 401 && open !== true && (hint === undefined || /has been recorded/.test(hint))) {
    return `${said} Say who is calling: set BACALHAU_API_KEY, or BACALHAU_API_USERNAME and BACALHAU_API_PASSWORD, or the option auth.`;
  }
  return hint === undefined ? said : `${said} Hint: ${hint}`;
}

/** A name looks to servers before 1.8 like an id that they do not know. */
function adviceOnNames({ message = '' }: ErrorBody, serverVersion: string | undefined): string {
  const [, wanted] = /^job not found(?:\. ID)?: (.*)$/i.exec(message) ?? [];
  if (wanted === undefined || /^(j-)?[0-9a-f]{8}/.test(wanted)) return '';
  if (isAtLeast(parseRelease(serverVersion), '1.8.0')) return '';
  return ` This server, ${serverVersion}, knows jobs by their ids only; names came with 1.8.`;
}

function clean(body: ErrorBody, scrubber: Scrubber): ErrorBody {
  return {
    message: scrubber.scrub(body.message),
    code: scrubber.scrub(body.code),
    component: scrubber.scrub(body.component),
    hint: scrubber.scrub(body.hint),
    details: body.details && scrubber.scrubAll(body.details),
  };
}

function factsOf(
  status: number,
  body: Partial<ErrorBody>,
  headers: Readonly<Record<string, string>>,
  context: AttemptContext,
): ApiErrorFacts {
  return {
    operation: context.operation,
    status,
    code: body.code,
    component: body.component,
    hint: body.hint,
    details: body.details ?? {},
    requestId: headers['x-request-id'] ?? context.requestId,
    attempts: context.attempts,
    serverVersion: headers['x-bacalhau-git-version'],
  };
}

const callFacts = ({ operation, attempts, requestId }: AttemptContext): Omit<CallFacts, 'outcomeUnknown'> => ({
  operation,
  attempts,
  requestId,
});
