import { type BacalhauError, UnexpectedResponseError } from '../errors/index.js';
import type { CallContext, RequestSource } from '../http/index.js';
import { connectionError, errorDetails, type Headers, parseBody, plainHeaders, responseError } from '../http/index.js';
import type { HttpAgent, SocketEnd } from '../platform/index.js';
import { redact, redactError } from '../redaction/index.js';
import { raceAbort, randomHex } from '../util/index.js';

/** How opening a WebSocket failed. */
type OpeningFailure = Extract<SocketEnd, { kind: 'refused' | 'failed' }>;

/**
 * The opening request of a WebSocket, ready to be sent. Whoever sends it reports the outcome once, by `opened`, `failed` or `aborted`.
 * Each attempt needs a new one: a signature is valid for one request, and a token may have been replaced.
 */
export interface Upgrade {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** With credentials and signature. A runtime that cannot send them must fail, not leave them out. */
  readonly headers: Headers;
  /** Carries the proxy's tunnel and the certificate authorities; absent where the runtime connects by itself. */
  readonly agent: HttpAgent | undefined;
  opened(): void;
  /** It is not wanted any more; does nothing if it was opened. */
  aborted(): void;
  /** Returns the error of a socket that did not open. */
  failed(failure: OpeningFailure): BacalhauError;
  /** Logs in again after a refusal with this status, at most once; returns whether another upgrade is worthwhile. */
  renew(status: number): Promise<boolean>;
}

/** Where a WebSocket is opened. */
export interface UpgradeTarget {
  /** Below the base URL, already escaped. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Headers | undefined;
}

/**
 * Prepares the one request that axios does not send, the upgrade to a WebSocket, with the headers, credentials, signature,
 * hooks, log lines and errors of every other request.
 */
export async function prepareUpgrade(
  { requests }: RequestSource,
  operation: string,
  target: UpgradeTarget,
  signal: AbortSignal,
): Promise<Upgrade> {
  const session = await raceAbort(requests.session(), signal);
  await raceAbort(requests.ensureKeyFile(), signal);
  const { baseUrl } = session.config;
  const requestId = randomHex(16);
  const plain = requests.headers(requestId, target.headers);
  const credentials = requests.credentials(session, plain);
  const authorization = await raceAbort(credentials.authorization(), signal);
  const unsigned = { ...plain, ...(authorization !== undefined && { Authorization: authorization }) };
  const httpUrl = new URL(`${baseUrl}${target.path}?${new URLSearchParams(target.query)}`);
  const headers: Record<string, string> = {
    ...unsigned,
    ...(await requests.signature({ method: 'GET', url: httpUrl.href, headers: unsigned, body: undefined })),
  };
  const { agent, proxyAddress } = await session.route(httpUrl, { upgrade: true });
  // `http` becomes `ws`, `https` becomes `wss`.
  const url = httpUrl.href.replace(/^http/, 'ws');

  const secrets = requests.secretsOf(target.headers);
  // The platform bounds the body of a refusal by itself.
  const maxResponseBytes = Number.POSITIVE_INFINITY;
  const report = await requests.hooks.report({
    ...{ operation, attempt: 1, requestId, method: 'GET', url, secrets },
    headers: () => headers,
    addHeader: (name, value) => {
      if (!hasHeader(headers, name)) headers[name] = value;
    },
  });
  return {
    url,
    headers,
    agent,
    opened: () => report?.end({ status: 101 }),
    aborted: () => report?.end({ status: undefined, errorCode: 'ERR_CANCELED' }),
    failed: (failure) => {
      if (failure.kind === 'refused') report?.end({ status: failure.status, headers: failure.headers });
      else report?.end({ status: undefined, errorCode: failure.code });
      const context = {
        operation,
        safe: true,
        baseUrl,
        requestId,
        attempts: 1,
        secrets,
        proxyAddress,
        maxResponseBytes,
      };
      return redactError(upgradeError(failure, context), secrets);
    },
    renew: (status) => credentials.renew(status),
  };
}

const hasHeader = (headers: Headers, name: string): boolean =>
  Object.keys(headers).some((other) => other.toLowerCase() === name.toLowerCase());

function upgradeError(failure: OpeningFailure, context: CallContext): BacalhauError {
  if (failure.kind === 'failed') return connectionError(failure, context);
  const { status, headers, body } = failure;
  const isRedirect = status >= 300 && status < 400;
  if (isRedirect || mayMeanLess(failure)) return responseError({ status, headers, data: parseBody(body) }, context);
  const { operation, baseUrl, secrets } = context;
  return new UnexpectedResponseError(
    `${operation}: ${baseUrl} responded with ${status} instead of opening a WebSocket. Check that proxies and gateways in front of the orchestrator support WebSockets.`,
    errorDetails(status, {}, redact(plainHeaders(headers), secrets), context),
  );
}

/** Missing credentials, and what passes: an overload, or a gateway whose orchestrator does not respond. */
const OTHER_REASONS: ReadonlySet<number> = new Set([401, 403, 408, 425, 429, 502, 503, 504]);

/**
 * Returns whether a refusal may have another reason than that there are no WebSockets on the way. A gateway without them
 * responds to an upgrade as to any other request; an orchestrator behind one that drops the `Upgrade` header says so.
 */
function mayMeanLess({ status, headers, body }: Extract<OpeningFailure, { kind: 'refused' }>): boolean {
  if (OTHER_REASONS.has(status) || (status >= 520 && status <= 527)) return true;
  const isOrchestrators = plainHeaders(headers)['x-bacalhau-git-version'] !== undefined;
  return isOrchestrators && status >= 400 && !/websocket/i.test(body);
}
