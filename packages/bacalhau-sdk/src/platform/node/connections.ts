import http from 'node:http';
import https from 'node:https';
import type { Connections, ForwardProxy, ProxyCredentials, Route, RouteSettings } from '../platform.js';
import { tlsOptions } from './certificates.js';
import { proxyFor } from './proxy.js';
import { tunnelAgent } from './tunnel.js';

/**
 * How long an unused socket is kept, in milliseconds. Bacalhau's server closes idle ones after 20 s (its read
 * timeout); a request sent at that moment would fail, so ours are closed first.
 */
const IDLE_SOCKET_MS = 15_000;
const POOL = { keepAlive: true, timeout: IDLE_SOCKET_MS } as const;

/** Keeps one agent for each way of connecting, created when it is first needed. */
export function openConnections(): Connections {
  const agents = new Map<string, http.Agent>();
  const pooled = (key: readonly (string | undefined | boolean)[], make: () => http.Agent): http.Agent => {
    const name = JSON.stringify(key);
    const agent = agents.get(name) ?? make();
    agents.set(name, agent);
    return agent;
  };

  function route(url: URL, settings: RouteSettings): Route {
    const secure = url.protocol === 'https:';
    const own = secure ? settings.httpsAgent : settings.httpAgent;
    if (own !== undefined) {
      return { agent: own, forwardProxy: undefined, proxyAddress: undefined, proxyCredentials: undefined };
    }
    const proxy = proxyFor(url, settings.proxy);
    const proxied = { proxyAddress: proxy?.origin, proxyCredentials: proxy && credentialsOf(proxy) };
    if (!secure && (proxy === undefined || !settings.upgrade)) {
      const agent = pooled(['http'], () => new http.Agent(POOL));
      return { agent, forwardProxy: proxy && forwardProxy(proxy), ...proxied };
    }
    const { ca, insecure } = settings;
    const key = [secure ? 'https' : 'tunnel', insecure, ca?.join('\n'), proxy?.href];
    const serverTls = secure ? tlsOptions(ca, insecure) : {};
    const agent = pooled(key, () =>
      proxy === undefined ? new https.Agent({ ...POOL, ...serverTls }) : tunnelAgent(proxy, POOL, serverTls),
    );
    return { agent, forwardProxy: undefined, ...proxied };
  }

  return {
    route,
    close() {
      for (const agent of agents.values()) {
        // Not `destroy`, which cuts requests that a server is still processing: their senders close them in time.
        agent.maxFreeSockets = 0;
        for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
      }
      agents.clear();
    },
  };
}

function forwardProxy(proxy: URL): ForwardProxy {
  const { protocol, hostname, port } = proxy;
  const auth = credentialsOf(proxy);
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(auth !== undefined && { auth }),
  };
}

/** Its address was checked: nothing in it is encoded wrongly. */
function credentialsOf({ username, password }: URL): ProxyCredentials | undefined {
  if (username === '' && password === '') return undefined;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
