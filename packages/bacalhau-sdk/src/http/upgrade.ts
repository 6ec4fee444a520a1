import { type BacalhauError, UnexpectedResponseError } from '../errors/index.js';
import type { HttpAgent, SocketEnd } from '../platform/platform.js';
import { redactAll } from '../redaction/index.js';
import { randomHex } from '../util/index.js';
import { parseBody } from './body.js';
import { connectionError } from './connection-error.js';
import { type AttemptContext, errorDetails } from './failure.js';
import { checkHeaders, type Headers, hasAuthorization, plainHeaders } from './headers.js';
import { observeRequest } from './observe.js';
import { responseError } from './response-error.js';
import { isRefusal, type Transport } from './transport.js';

type NotOpened = Exclude<SocketEnd, { kind: 'cut' | 'closed' }>;

/**
 * A WebSocket's opening request, ready to be sent, and who is to hear what came of it: `opened` or `failed`, once. For each
 * try a new one: a signature is good for one request, and a token may have been replaced.
 */
export interface Upgrade {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** With credentials and signature in them. What cannot send them must say so, not leave them out. */
  readonly headers: Headers;
  /** Carries the proxy's tunnel and what is known of certificates; absent where the runtime connects by itself. */
  readonly agent: HttpAgent | undefined;
  opened(): void;
  /** It did not open; returns the error that says why. */
  failed(end: NotOpened): BacalhauError;
  /** Whether, after a refusal with this status, preparing another one is worth it: the login was renewed. */
  renew(status: number): Promise<boolean>;
}

/**
 * The request that axios does not send: the upgrade to a WebSocket, as the transport would send it, with its headers, the
 * caller's, credentials and signature. Who sends it reports what came of it, so that hooks, log lines and errors are those
 * of every other request. `path` is below the base URL, escaped already.
 */
export async function prepareUpgrade(
  transport: Transport,
  operation: string,
  target: {
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Headers | undefined;
  },
  cut: AbortSignal,
): Promise<Upgrade> {
  const link = await transport.session.link();
  await transport.identity.ensure();
  const { baseUrl } = link.config;
  const requestId = randomHex(16);
  const plain = { 'X-Request-Id': requestId, ...transport.headers, ...checkHeaders(target.headers) };
  const explicit = hasAuthorization(plain);
  const authorization = explicit ? undefined : await transport.authorization(link, cut);
  const named = { ...plain, ...(authorization && { Authorization: authorization.reveal() }) };
  const place = new URL(`${baseUrl}${target.path}?${new URLSearchParams(target.query)}`);
  const headers = {
    ...named,
    ...(await transport.signature({ method: 'GET', url: place.href, headers: named, body: undefined })),
  };
  const { agent } = await link.route(place, true);
  // `http` becomes `ws`, `https` becomes `wss`.
  const url = place.href.replace(/^http/, 'ws');

  const answered = observeRequest(transport, { operation, attempt: 1, requestId, method: 'GET', url }, headers);
  return {
    url,
    headers,
    agent,
    opened: () => answered(101, {}),
    failed: (end) => {
      if (end.kind === 'refused') answered(end.status, end.headers);
      else answered(undefined, {});
      const { secrets } = transport.session;
      return upgradeError(end, { operation, safe: true, baseUrl, requestId, attempts: 1, secrets });
    },
    renew: async (status) =>
      !explicit && isRefusal(status, authorization) && link.auth.renew(authorization, transport.loginAccess(link)),
  };
}

function upgradeError(end: NotOpened, context: AttemptContext): BacalhauError {
  const { operation, baseUrl, secrets } = context;
  if (end.kind === 'failed') return connectionError(end.code, end.message, context);
  const headers = redactAll(plainHeaders(end.headers), secrets);
  // A gateway that does not know WebSockets answers as if this were any request.
  if (end.status < 300) {
    return new UnexpectedResponseError(
      `${operation}: ${baseUrl} answered ${end.status} instead of opening a WebSocket. Check what stands between here and the orchestrator: it must pass WebSockets on.`,
      errorDetails(end.status, {}, headers, context),
    );
  }
  return responseError({ ...end, data: parseBody(end.body) }, context);
}
