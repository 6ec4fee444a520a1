import { DownloadError } from '../errors/index.js';
import { type BrokenConnection, reasonIn } from '../external/index.js';
import { printable } from '../model/index.js';
import { isTlsCode } from '../platform/index.js';

/** Creates the error of a connection that could not be opened or broke. `url` must have no secrets. */
export function explainBroken(name: string, url: string, { code, message }: BrokenConnection): DownloadError {
  return new DownloadError(`Cannot fetch ${name} from ${url}: ${adviceFor(code, message)}`, {
    reason: 'unreachable',
    url,
    code,
  });
}

function adviceFor(code: string | undefined, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there. The host is the one that the compute node or the store is configured with. If it has another address here, set the option hosts.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this machine cannot resolve the host. If it has another name here, set the option hosts.';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return 'this machine cannot reach the host. If another address leads to it, set the option hosts.';
    default:
      if (code !== undefined && isTlsCode(code)) {
        return `its certificate is not trusted (${code}).`;
      }
      return `the connection failed (${code === undefined || message.includes(code) ? message : `${code}: ${message}`}). Raise maxRetries if the network is unreliable; for a browser, the host must allow cross-origin requests (CORS).`;
  }
}

/** Creates the error of a response that is not a result. */
export function explainStatus(name: string, url: string, status: number, body: string): DownloadError {
  const found = reasonIn(body);
  const reported = found === undefined ? undefined : printable(found);
  const responded = `${url} responded with ${status}${reported === undefined ? '' : ` (${reported})`}`;
  switch (status) {
    case 400:
    case 401:
    case 403:
      return new DownloadError(
        `Cannot fetch ${name}: ${responded}. Either a signed URL has expired, or the credentials do not allow reading it.`,
        { reason: status === 400 && !/expire|signature|token/i.test(reported ?? '') ? 'http' : 'refused', url, status },
      );
    case 404:
    case 410:
      return new DownloadError(
        `Cannot fetch ${name}: ${responded}. It is no longer stored there. Run the job again, with a publisher that keeps results longer.`,
        { reason: 'gone', url, status },
      );
    default:
      return new DownloadError(`Cannot fetch ${name}: ${responded}.`, { reason: 'http', url, status });
  }
}
