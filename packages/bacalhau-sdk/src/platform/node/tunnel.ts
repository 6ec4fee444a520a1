import type { ClientRequest, IncomingMessage } from 'node:http';
import type { SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** How the server's certificate is checked, as options of `node:tls`. */
export interface ServerTls {
  readonly rejectUnauthorized?: boolean;
  readonly secureContext?: SecureContext;
}

interface Pool {
  readonly keepAlive: boolean;
  readonly timeout: number;
}

/**
 * Creates an agent that connects through an HTTP proxy (CONNECT). `tls` is for the server at the other end, not for the
 * proxy.
 */
export function tunnelAgent(proxy: URL, pool: Pool, tls: ServerTls): HttpsProxyAgent<string> {
  // The library uses the constructor's options for the connection to the proxy, and `options` for the server.
  const agent = new Tunnel(proxy, pool);
  agent.options = { ...agent.options, timeout: pool.timeout, ...tls };
  return agent;
}

class Tunnel extends HttpsProxyAgent<string> {
  /** The library presents a refusal of the proxy as the server's answer: a 403 would look like the server's. */
  override async connect(request: ClientRequest, options: Parameters<HttpsProxyAgent<string>['connect']>[1]) {
    let status: number | undefined;
    request.once('proxyConnect', ({ statusCode }: IncomingMessage) => {
      status = statusCode;
    });
    const socket = await super.connect(request, options);
    if (status === 200) return socket;
    socket.destroy();
    throw Object.assign(new Error(`the proxy answered ${status}`), { code: 'ERR_PROXY_REFUSED' });
  }
}
