import { type EnvironmentVariables, variable } from './environment.js';
import { isLoopback } from './loopback.js';
import { parseProxy } from './parse-proxy.js';

/**
 * The proxy for a URL: the one that the option names, else `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, unless
 * `NO_PROXY` lists the host. Upper or lower case, as everywhere; the rules of `NO_PROXY` are those of the Bacalhau
 * command line (Go's `httpproxy`): `*`, hosts with all their subdomains, `.suffix` for the subdomains alone, IP
 * addresses, and each with a port. CIDR ranges are compared by `inRange`, which the platform has.
 *
 * @returns undefined for a direct connection.
 * @throws {ConfigurationError} if the proxy's address is none.
 */
export function proxyFor(
  url: URL,
  setting: ProxySetting,
  inRange: (address: string, cidr: string) => boolean,
): URL | undefined {
  if (isLoopback(url) || setting.option === false) return undefined;
  if (setting.option !== undefined) return parseProxy(setting.option, 'proxy');
  const names = url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const name = names.find((candidate) => variable(setting.env, candidate) !== undefined);
  const value = name === undefined ? undefined : variable(setting.env, name);
  if (name === undefined || value === undefined) return undefined;
  const exceptions = variable(setting.env, 'NO_PROXY') ?? variable(setting.env, 'no_proxy') ?? '';
  if (isExcepted(url, exceptions, inRange)) return undefined;
  return parseProxy(value, name);
}

export interface ProxySetting {
  /** A proxy's address for every request, or false for none whatever the environment says. */
  readonly option: string | false | undefined;
  readonly env: EnvironmentVariables;
}

function isExcepted(url: URL, list: string, inRange: (address: string, cidr: string) => boolean): boolean {
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
