import { ConfigurationError } from '../errors/index.js';

/** Without a scheme it is `http://`. What it holds is never quoted: a password may be in it. */
export function parseProxy(text: string, name: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    // Said below.
  }
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new ConfigurationError(
      `${name} is no address of an HTTP proxy. Use for example http://proxy.example.org:3128.`,
    );
  }
  return url;
}
