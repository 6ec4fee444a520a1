import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** The target of a request: a host and port (https if `tls` is given), or a Unix socket. */
export type HttpTarget =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tls?: HttpTls };

export interface HttpTls {
  /** false accepts any certificate: only for a server that this package started on this machine. */
  readonly verify: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpCall {
  readonly method?: 'GET' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Makes one HTTP request without keep-alive.
 *
 * Not with `fetch`, which supports neither Unix sockets nor self-signed certificates, and which test frameworks replace.
 */
export function callHttp(target: HttpTarget, call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: call.method ?? 'GET',
      path: call.path,
      headers: { ...call.headers },
      signal: AbortSignal.timeout(call.timeoutMs),
    };
    const request =
      'socketPath' in target
        ? httpRequest({ ...options, socketPath: target.socketPath })
        : target.tls === undefined
          ? // A separate agent: a proxy or hook that the application set on the global agent must not see this.
            httpRequest({ ...options, host: target.host, port: target.port, agent: new HttpAgent() })
          : httpsRequest({
              ...options,
              host: target.host,
              port: target.port,
              agent: new HttpsAgent(),
              rejectUnauthorized: target.tls.verify,
              ...(target.tls.ca === undefined ? {} : { ca: target.tls.ca }),
              ...(target.tls.cert === undefined ? {} : { cert: target.tls.cert }),
              ...(target.tls.key === undefined ? {} : { key: target.tls.key }),
            });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.end();
  });
}
