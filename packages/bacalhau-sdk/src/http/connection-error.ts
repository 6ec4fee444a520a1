import { platform } from '#platform';
import { ConnectionError } from '../errors/index.js';
import { redact } from '../redaction/index.js';
import { type AttemptContext, callDetails, UNKNOWN_OUTCOME } from './failure.js';

/** The error of a connection that could not be made, or broke. */
export function connectionError(code: string | undefined, said: string, context: AttemptContext): ConnectionError {
  const { operation, safe, baseUrl, secrets } = context;
  const message = redact(said, secrets);
  const unsent = code === undefined ? undefined : platform.explainCode(code, baseUrl, message);
  const outcomeUnknown = !safe && unsent === undefined;
  const words = unsent?.words ?? explain(code, message, baseUrl);
  return new ConnectionError(`${operation}: ${words}${outcomeUnknown ? UNKNOWN_OUTCOME : ''}`, {
    ...callDetails(context),
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
