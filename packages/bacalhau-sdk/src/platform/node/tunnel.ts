import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { messageOf } from '../../util/index.js';

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
    const socket = await this.#connect(request, options, () => status);
    if (status === 200) return socket;
    socket.destroy();
    throw Object.assign(new Error(`the proxy ${this.proxy.origin} answered ${status}`), { code: 'ERR_PROXY_REFUSED' });
  }

  /** What fails before the proxy has answered, is the proxy's. */
  async #connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>['connect']>[1],
    status: () => number | undefined,
  ): Promise<Socket> {
    try {
      return await super.connect(request, options);
    } catch (error) {
      if (status() !== undefined) throw error;
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
      const why = typeof code === 'string' ? code : messageOf(error);
      throw Object.assign(new Error(`the proxy ${this.proxy.origin} cannot be reached (${why})`), {
        code: 'ERR_PROXY_UNREACHABLE',
      });
    }
  }
}
