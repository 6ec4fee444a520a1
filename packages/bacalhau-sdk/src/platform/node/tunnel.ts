import type { ClientRequest, IncomingMessage } from 'node:http';
import type { SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** How the server's certificate is checked, in the words of `node:tls`. */
export interface ServerTls {
  readonly rejectUnauthorized?: boolean;
  readonly secureContext?: SecureContext;
}

interface Pool {
  readonly keepAlive: boolean;
  readonly timeout: number;
}

/**
 * An agent that connects through an HTTP proxy (CONNECT). `tls` is for the server at the other end: what is said about its
 * certificate is not said about the proxy's.
 */
export function tunnelAgent(proxy: URL, pool: Pool, tls: ServerTls): HttpsProxyAgent<string> {
  // What its constructor is given, the library uses for the connection to the proxy, and its `options` for the server.
  const agent = new Tunnel(proxy, pool);
  agent.options = { ...agent.options, timeout: pool.timeout, ...tls };
  return agent;
}

class Tunnel extends HttpsProxyAgent<string> {
  /** The library passes a refusal of the proxy off as the server's answer: 403 would mean that the server said no. */
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
