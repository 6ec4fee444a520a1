import { X509Certificate } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP } from 'node:net';
import tls from 'node:tls';
import { ConfigurationError } from '../../errors/index.js';
import type { Connections, ForwardProxy, Route, RouteSettings } from '../platform.js';
import type { ServerTls } from './tunnel.js';

/**
 * How long an unused socket is kept, in milliseconds. Bacalhau's server closes idle ones after 20 s (its read
 * timeout); a request sent into that moment would fail, so ours are closed first.
 */
const IDLE_SOCKET_MS = 15_000;
const POOL = { keepAlive: true, timeout: IDLE_SOCKET_MS } as const;

/** One agent for each way of connecting that is asked for, made when it is. */
export function openConnections(): Connections {
  const agents = new Map<string, http.Agent>();
  const pooled = (key: readonly (string | undefined | boolean)[], make: () => http.Agent): http.Agent => {
    const name = JSON.stringify(key);
    const agent = agents.get(name) ?? make();
    agents.set(name, agent);
    return agent;
  };

  async function route(url: URL, settings: RouteSettings): Promise<Route> {
    const secure = url.protocol === 'https:';
    const own = secure ? settings.httpsAgent : settings.httpAgent;
    if (own !== undefined) return { agent: own, forwardProxy: undefined };
    const proxy = await settings.proxyFor(url, inRange);
    if (!secure && (proxy === undefined || !settings.upgrade)) {
      const agent = pooled(['http'], () => new http.Agent(POOL));
      return { agent, forwardProxy: proxy && forwardProxy(proxy) };
    }
    const { ca, insecure } = settings;
    const key = [secure ? 'https' : 'tunnel', insecure, ca?.join('\n'), proxy?.href];
    const serverTls = secure ? tlsOptions(ca, insecure) : {};
    if (proxy === undefined) {
      return { agent: pooled(key, () => new https.Agent({ ...POOL, ...serverTls })), forwardProxy: undefined };
    }
    const { tunnelAgent } = await import('./tunnel.js');
    return { agent: pooled(key, () => tunnelAgent(proxy, POOL, serverTls)), forwardProxy: undefined };
  }

  return {
    route,
    close() {
      for (const agent of agents.values()) {
        // Not `destroy`, which breaks off what a server is at work on: who sent it hangs up in time.
        agent.maxFreeSockets = 0;
        for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
      }
      agents.clear();
    },
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function tlsOptions(ca: readonly string[] | undefined, insecure: boolean): ServerTls {
  if (insecure) return { rejectUnauthorized: false };
  if (ca === undefined) return {};
  try {
    // OpenSSL passes over what it cannot read.
    for (const pem of ca) for (const [block] of pem.matchAll(CERTIFICATE)) new X509Certificate(block);
    // Node's `ca` replaces what it trusts by itself, so that is listed as well.
    return { secureContext: tls.createSecureContext({ ca: [...trustedByDefault(), ...ca] }) };
  } catch (error) {
    throw new ConfigurationError(
      `The certificate authority cannot be used: ${error instanceof Error ? error.message : error}. Give certificates in PEM.`,
      { cause: error },
    );
  }
}

/** Newer versions of Node tell all that they trust: `NODE_EXTRA_CA_CERTS` and, with `--use-system-ca`, the system's too. */
function trustedByDefault(): readonly string[] {
  if ('getCACertificates' in tls && typeof tls.getCACertificates === 'function') {
    const list: unknown = tls.getCACertificates('default');
    if (Array.isArray(list)) return list.filter((pem) => typeof pem === 'string');
  }
  return tls.rootCertificates;
}

function forwardProxy(proxy: URL): ForwardProxy {
  const { protocol, hostname, port, username, password } = proxy;
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(username !== '' && {
      auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
    }),
  };
}

/** A range that is none contains nothing. */
function inRange(address: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const [family, own] = [isIP(network), isIP(address)];
  if (family === 0 || own === 0 || !/^\d{1,3}$/.test(bits)) return false;
  try {
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
    return list.check(address, own === 4 ? 'ipv4' : 'ipv6');
  } catch {
    return false;
  }
}
