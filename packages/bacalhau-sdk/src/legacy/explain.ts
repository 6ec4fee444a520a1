import { ApiError, PermissionDeniedError, UnsupportedByServerError } from '../errors/index.js';
import { type Dialect, goneError, type LegacyCall } from './dialects.js';
import type { SignedBody } from './envelope.js';
import { LegacySignatureError, type SignatureProblem } from './errors.js';
import { verifiesLocally } from './verify.js';

/** The call that failed. */
interface Failed {
  readonly call: LegacyCall;
  readonly dialect: Dialect;
  /** What was sent, if it was signed. */
  readonly sealed: SignedBody | undefined;
}

/** Returns a more specific error for failures that this API explains, and others unchanged. */
export async function explain(error: unknown, { call, dialect, sealed }: Failed): Promise<unknown> {
  if (!(error instanceof ApiError)) return error;
  // Servers from 1.4 on respond with 410, and later ones with 404 or 405, as to every unknown path.
  if (error.status === 410 || isUnknownPath(error, ROUTER_SINCE_1_4))
    return goneError(call, error.serverVersion, error);
  if (isUnknownPath(error, ROUTER_BEFORE_1_1)) return noSuchPath(call, dialect, error);
  if (error.status === 401 && /mismatched client ?ids/i.test(error.message)) return anotherClientsJob(call, error);
  if (sealed === undefined) return error;
  const problem = await signatureProblem(error, sealed);
  return problem === undefined
    ? error
    : new LegacySignatureError(`${error.message} ${EXPLANATIONS[problem]}`, { ...detailsOf(error), problem });
}

const ROUTER_SINCE_1_4 = /: (?:Not Found|Method Not Allowed|The requested resource\/URL was not found\.) \(HTTP/;
const ROUTER_BEFORE_1_1 = /: 404 page not found \(HTTP/;

/** Whether a server does not have the path: an unknown job is a NotFoundError, too, but not in the words of a router. */
const isUnknownPath = ({ status, message }: ApiError, words: RegExp): boolean =>
  (status === 404 || status === 405) && words.test(message);

function noSuchPath(call: LegacyCall, { path, since }: Dialect, cause: ApiError): UnsupportedByServerError {
  return new UnsupportedByServerError(
    `legacy.${call}: the server does not have this call at ${path || '/'}, where servers from ${since} on have it. Check the option serverVersion, or leave it out; check proxies and gateways on the way.`,
    { cause },
  );
}

/** Servers report it with 401, but other credentials for the API would change nothing. */
const anotherClientsJob = (call: LegacyCall, error: ApiError): PermissionDeniedError =>
  new PermissionDeniedError(
    `legacy.${call}: the job belongs to another client, and only the client that submitted a job may cancel it (HTTP ${error.status}). Use the key that it was submitted with: set BACALHAU_DIR, or the option payloadSigner.`,
    detailsOf(error),
  );

const EXPLANATIONS: Readonly<Record<SignatureProblem, string>> = {
  'client-id': 'The client id does not belong to the public key. Check the payloadSigner.',
  key: 'The signature was not made with the private half of the public key that was sent. Check the payloadSigner.',
  payload:
    'The signature matches what was signed, so the server read another payload. It has another version than assumed (see serverVersion), or the request was altered in transit.',
  unknown:
    'Either the signature was made with another key, or the server read another payload than the one that was signed.',
};

/**
 * Finds what is wrong with a signature. Servers from 0.3.13 to 1.3 cannot tell a wrong key from altered bytes; the signer
 * can.
 */
async function signatureProblem({ message }: ApiError, sealed: SignedBody): Promise<SignatureProblem | undefined> {
  if (/public key does not match client ID/.test(message)) return 'client-id';
  if (!/crypto\/rsa: verification error|client's signature is invalid/.test(message)) return undefined;
  const verifies = await verifiesLocally(sealed);
  if (verifies === undefined) return 'unknown';
  return verifies ? 'payload' : 'key';
}

const detailsOf = (error: ApiError) => ({
  operation: error.operation,
  status: error.status,
  code: error.code,
  component: error.component,
  hint: error.hint,
  details: error.details,
  requestId: error.requestId,
  attempts: error.attempts,
  serverVersion: error.serverVersion,
  outcomeUnknown: error.outcomeUnknown,
});
