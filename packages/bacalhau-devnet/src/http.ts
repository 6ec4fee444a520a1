import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Where a small HTTP request goes: a host and port (https where `tls` is given), or a Unix socket. */
export type HttpTarget =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tls?: HttpTls };

export interface HttpTls {
  /** false takes any certificate: right only for a server that we started ourselves on this machine. */
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
 * One small HTTP exchange without keep-alive.
 *
 * It is not `fetch`: that knows no Unix sockets and no self-signed certificates, and test frameworks replace it.
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
          ? // An agent of our own: a proxy or a hook that the application put on the global agent must not see this.
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
