import {
  type ApiError,
  ConflictError,
  NotFoundError,
  PayloadTooLargeError,
  UnexpectedResponseError,
} from '../errors/index.js';
import { isAtLeast, parseRelease } from '../model/index.js';
import type { Secrets } from '../redaction/index.js';
import { redact, redactAll } from '../redaction/index.js';
import { type ErrorBody, parseErrorBody } from './error-body.js';
import {
  type AttemptContext,
  type ErrorResponse,
  errorClassFor,
  errorDetails,
  errorMessage,
  isSuccess,
  UNKNOWN_OUTCOME,
} from './failure.js';
import { plainHeaders } from './headers.js';

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

/** The error of an answer; one with a good status holds no good body. */
export function responseError(answer: ErrorResponse, context: AttemptContext): ApiError {
  const { status, data } = answer;
  const { operation, baseUrl, secrets } = context;
  const headers = redactAll(plainHeaders(answer.headers), secrets);
  if (isSuccess(status)) {
    const facts = errorDetails(status, {}, headers, context);
    const { serverVersion } = facts;
    // One that tells its version is no stranger: see docs/servers.md.
    const advice =
      serverVersion === undefined
        ? 'Check the host, the port and what stands in between.'
        : `Servers ${serverVersion} mix up answers when other requests are given up.`;
    return new UnexpectedResponseError(
      `${operation}: ${baseUrl} answered ${status}, but not with the JSON of a Bacalhau orchestrator.${context.safe ? '' : UNKNOWN_OUTCOME} ${advice}`,
      facts,
    );
  }
  const parsed = clean(parseErrorBody(data), secrets);
  const facts = errorDetails(status, parsed, headers, context);
  if (status >= 300 && status < 400) {
    return new UnexpectedResponseError(
      `${operation}: ${baseUrl} redirects to ${headers['location'] ?? 'another place'}. Redirects are not followed, so that credentials stay where they belong: set the address it points to.`,
      facts,
    );
  }
  const conflict =
    status === 500 &&
    CONFLICTS.some(({ code, message }) => (code ?? message)?.test((code ? parsed.code : parsed.message) ?? ''));
  const legacy = LEGACY_TYPES.find(({ message }) => parsed.message !== undefined && message.test(parsed.message));
  const Type = conflict ? ConflictError : (legacy?.Type ?? errorClassFor(status));
  const advice = adviceFor(parsed, status, context) + adviceOnNames(parsed, facts.serverVersion);
  return new Type(`${errorMessage(parsed.message, status, context)}${advice}`, facts);
}

function adviceFor({ message, hint, details }: ErrorBody, status: number, { anonymous: open }: AttemptContext): string {
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

function clean(body: ErrorBody, secrets: Secrets): ErrorBody {
  return {
    message: redact(body.message, secrets),
    code: redact(body.code, secrets),
    component: redact(body.component, secrets),
    hint: redact(body.hint, secrets),
    details: body.details && redactAll(body.details, secrets),
  };
}
