export type Scheme = 'http' | 'https';

/** A WebSocket is opened by a request over http or https. */
const SCHEMES: Readonly<Record<string, Scheme>> = { http: 'http', https: 'https', ws: 'http', wss: 'https' };
const DEFAULT_PORTS: Readonly<Record<Scheme, string>> = { http: ':80', https: ':443' };

/** Returns the value of `@scheme` for a scheme in any case; undefined for one that requests are not sent over. */
export const schemeOf = (scheme: string): Scheme | undefined => {
  const name = scheme.toLowerCase();
  return Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
};

/**
 * Returns the normal form of an authority (RFC 9421, 2.2.3): lower case, and without the port that the scheme implies.
 * Undefined unless it is a host name of ASCII letters, digits, hyphens, underscores and dots, or an IP address in its
 * canonical form, with or without a port. So user information, percent-encoding, other scripts and other spellings of an
 * address have no normal form: two readers might take them for different hosts. A dot at the end belongs to the name.
 */
export function normalAuthority(value: string, scheme: Scheme | undefined): string | undefined {
  const lower = value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (!/^(?:[a-z0-9._-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::[1-9][0-9]{0,4})?$/.test(lower)) return undefined;
  // Parsed with two schemes, because each drops a port of its own.
  if (hostOf('http', lower) !== lower && hostOf('https', lower) !== lower) return undefined;
  const port = scheme && DEFAULT_PORTS[scheme];
  return port !== undefined && lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

function hostOf(scheme: Scheme, authority: string): string | undefined {
  try {
    return new URL(`${scheme}://${authority}/`).host;
  } catch {
    return undefined;
  }
}
