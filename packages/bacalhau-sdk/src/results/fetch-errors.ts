import { DownloadError } from '../errors/index.js';
import type { BrokenConnection } from '../http/index.js';
import { isTlsCode } from '../platform/index.js';

/** Says what to do about a connection that could not be made or kept. `url` carries no secrets. */
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
      return 'nothing listens there. The host is the one that the compute node or the store is configured with: if it is known by another address here, say so with the option hosts.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this machine cannot find the host. If it is known by another name here, say so with the option hosts.';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return 'this machine cannot reach the host. If there is another way to it, say so with the option hosts.';
    default:
      if (code !== undefined && isTlsCode(code)) {
        return `its certificate is not trusted (${code}).`;
      }
      return `the connection failed (${code === undefined || message.includes(code) ? message : `${code}: ${message}`}). Raise maxRetries if the network is bad; in a browser, the place must allow cross-origin requests (CORS).`;
  }
}

/** Says what to do about an answer that is no result. */
export function explainStatus(name: string, url: string, status: number, body: string): DownloadError {
  const said = saidBy(body);
  const answered = `${url} answered ${status}${said === undefined ? '' : ` (${said})`}`;
  switch (status) {
    case 400:
    case 401:
    case 403:
      return new DownloadError(
        `Cannot fetch ${name}: ${answered}. Either a signed URL has expired, or the credentials given may not read it.`,
        { reason: status === 400 && !/expire|signature|token/i.test(said ?? '') ? 'http' : 'refused', url, status },
      );
    case 404:
    case 410:
      return new DownloadError(
        `Cannot fetch ${name}: ${answered}. It is not kept there any more; run the job again, with a publisher that keeps it longer.`,
        { reason: 'gone', url, status },
      );
    default:
      return new DownloadError(`Cannot fetch ${name}: ${answered}.`, { reason: 'http', url, status });
  }
}

/** S3 answers with XML, IPFS nodes with JSON, proxies with HTML. */
function saidBy(body: string): string | undefined {
  const code = /<Code>([^<]{1,200})<\/Code>/.exec(body)?.[1];
  const message = /<Message>([^<]{1,300})<\/Message>/.exec(body)?.[1] ?? /"Message":\s*"([^"]{1,300})"/.exec(body)?.[1];
  if (code !== undefined || message !== undefined) return [code, message].filter(Boolean).join(': ');
  const text = body.trim();
  return text === '' || text.startsWith('<') ? undefined : text.split('\n', 1)[0]?.slice(0, 200);
}
