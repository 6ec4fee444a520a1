import { BlockList, isIP } from 'node:net';
import { variable } from '../environment.js';
import { isLoopback } from '../loopback.js';
import type { ProxySettings } from '../platform.js';
import { parseProxyAddress } from '../proxy-address.js';

/**
 * Chooses the proxy for a URL: the one that the option names, else `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme,
 * unless `NO_PROXY` lists the host. Upper or lower case; the rules of `NO_PROXY` are those of the Bacalhau command line
 * (Go's `httpproxy`): `*`, hosts with all their subdomains, `.suffix` for the subdomains alone, IP addresses and CIDR
 * ranges, and hosts with a port.
 *
 * @returns undefined for a direct connection.
 * @throws {ConfigurationError} if the address of the proxy is malformed.
 */
export function proxyFor(url: URL, { option, env }: ProxySettings): URL | undefined {
  if (isLoopback(url) || option === false) return undefined;
  if (option !== undefined) return parseProxyAddress(option, 'The option proxy');
  const names = url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const name = names.find((candidate) => variable(env, candidate) !== undefined);
  const value = name === undefined ? undefined : variable(env, name);
  if (name === undefined || value === undefined) return undefined;
  const exceptions = variable(env, 'NO_PROXY') ?? variable(env, 'no_proxy') ?? '';
  return isExcepted(url, exceptions) ? undefined : parseProxyAddress(value, name);
}

function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const bare = host.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return inRange(bare, entry);
      const [, name = entry, wanted] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
      if (wanted !== undefined && wanted !== port) return false;
      const plain = name.replace(/^\*\./, '.').replace(/^\[|\]$/g, '');
      return plain.startsWith('.') ? bare.endsWith(plain) : bare === plain || bare.endsWith(`.${plain}`);
    });
}

/** Returns whether a CIDR range contains an IP address; a malformed range contains nothing. */
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
