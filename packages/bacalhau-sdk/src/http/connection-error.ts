import { platform } from '#platform';
import { ConnectionError } from '../errors/index.js';
import { excerpt } from '../redaction/index.js';
import { type CallContext, callDetails, serverOf, UNKNOWN_OUTCOME } from './call-context.js';

/** What the runtime reported of a connection that could not be opened, or broke. */
export interface ConnectionFailure {
  /** The system's code, for example `ECONNREFUSED`. */
  readonly code?: string | undefined;
  readonly message: string;
}

/** Creates the error of a connection that could not be opened, or broke. */
export function connectionError(failure: ConnectionFailure, context: CallContext): ConnectionError {
  const { operation, safe, secrets } = context;
  const { code, message: text } = proxyFailure(failure, context.proxyAddress);
  const baseUrl = serverOf(context);
  const message = excerpt(text, secrets);
  const unsent = code === undefined ? undefined : platform.explainCode(code, context.baseUrl, message);
  const outcomeUnknown = !safe && unsent === undefined;
  const words = unsent?.explanation ?? explain(code, message, baseUrl);
  return new ConnectionError(`${operation}: ${words}${outcomeUnknown ? UNKNOWN_OUTCOME : ''}`, {
    ...callDetails(context),
    outcomeUnknown,
    code,
  });
}

/** Attributes a connection that was not made to the proxy, where one is on the way. */
export function proxyFailure(
  { code, message }: ConnectionFailure,
  proxyAddress: string | undefined,
): ConnectionFailure {
  const isUnconnected =
    code !== undefined &&
    (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code) ||
      (code === 'ETIMEDOUT' && /^connect /.test(message)));
  if (proxyAddress === undefined || !isUnconnected) return { code, message };
  return { code: 'ERR_PROXY_UNREACHABLE', message: `the proxy ${proxyAddress} cannot be reached (${code})` };
}

function explain(code: string | undefined, message: string, baseUrl: string): string {
  if (code === 'ERR_NETWORK') {
    // fetch and XMLHttpRequest report nothing more, so that pages cannot explore networks.
    return `no response came from ${baseUrl}, and browsers do not report why. Check in the developer tools that a server listens there, that its certificate is trusted, that the address is https if the page is, and that no proxy on the way drops the CORS headers that orchestrators send.`;
  }
  return `the connection to ${baseUrl} failed (${code === undefined || message.includes(code) ? message : `${code}: ${message}`}).`;
}
