import { ConfigurationError } from '../errors/index.js';

/**
 * Parses the address of an HTTP proxy; without a scheme it is `http://`. The address is never quoted: it may contain a
 * password. A `%` in it that encodes nothing stands for itself.
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
  for (const part of ['username', 'password'] as const) {
    if (!isDecodable(url[part])) url[part] = url[part].replace(/%/g, '%25');
  }
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
