import { ConfigurationError } from '../errors/index.js';

/**
 * Parses the address of an HTTP proxy; without a scheme it is `http://`. The address is never quoted: it may contain a
 * password.
 */
export function parseProxyAddress(address: string, name: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(address.includes('://') ? address : `http://${address}`);
  } catch {
    // Reported below.
  }
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new ConfigurationError(
      `${name} must be the address of an HTTP proxy. Use for example http://proxy.example.org:3128.`,
    );
  }
  return url;
}
