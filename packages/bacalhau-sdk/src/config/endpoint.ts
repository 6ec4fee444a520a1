import { ConfigurationError } from '../errors/index.js';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 1234;

interface EndpointInput {
  /** A host, or a URL; `name` is what the user knows it by. */
  readonly host: { readonly name: string; readonly value: string } | undefined;
  readonly port: number | undefined;
  readonly https: boolean | undefined;
}

/**
 * Composes the address that the Bacalhau command line would use: a URL's scheme and port win over the other settings, and
 * a URL without a port gets the API's port, not that of its scheme.
 */
export function endpoint({ host, port = DEFAULT_PORT, https }: EndpointInput): string {
  const scheme = https ? 'https:' : 'http:';
  if (host === undefined) return assemble(scheme, DEFAULT_HOST, port);
  if (!host.value.includes('://')) return assemble(scheme, bareHost(host.name, host.value), port);
  const url = parseUrl(host.value, host.name);
  if (url.pathname !== '/') {
    throw new ConfigurationError(
      `${host.name} has a path. Leave it out, or pass the whole address as the option baseUrl.`,
    );
  }
  // URL drops the port that its scheme implies, so a port that was written out is looked for in the text.
  const written = /:(\d+)\/?$/.exec(host.value)?.[1];
  return assemble(url.protocol, url.hostname, written ?? port);
}

/** Normalizes a complete address: its scheme implies the port, and a path is kept, for gateways. */
export function fullUrl(text: string, name: string): string {
  const url = parseUrl(text, name);
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/api/v1')) {
    throw new ConfigurationError(`${name} ends with /api/v1. Leave that out: every call adds it.`);
  }
  return `${url.protocol}//${reachable(url.host)}${path}`;
}

export function parsePort(value: string | number, name: string): number {
  const port = typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new ConfigurationError(`${name} is ${JSON.stringify(value)}. Set it to a number from 1 to 65535.`);
  }
  return port;
}

function bareHost(name: string, value: string): string {
  if (/^\[?[0-9a-f.]*:[0-9a-f.:]*:[0-9a-f.:]*\]?$/i.test(value)) {
    return parseUrl(`http://[${value.replace(/[[\]]/g, '')}]`, name).hostname;
  }
  if (/^[^:]+:\d+$/.test(value)) {
    throw new ConfigurationError(
      `${name} is ${JSON.stringify(value)}. Set the port separately, or use a URL such as http://${value}.`,
    );
  }
  if (/[\s/:@?#\\]/.test(value)) throw unparsable(name, value);
  return parseUrl(`http://${value}`, name).hostname;
}

function parseUrl(text: string, name: string): URL {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw unparsable(name, text);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigurationError(`${name} has the scheme ${url.protocol}//. Use http:// or https://.`);
  }
  if (url.username !== '' || url.password !== '') {
    // Not quoted in the message: it contains a secret.
    throw new ConfigurationError(`${name} contains a user name or password. Remove it, and use the option auth.`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(`${name} has a query or a fragment. Remove it.`);
  }
  return url;
}

/**
 * Creates the error of an address that cannot be parsed. It may contain credentials, so the message omits everything before
 * an @.
 */
const unparsable = (name: string, value: string): ConfigurationError =>
  new ConfigurationError(
    `${name} is ${JSON.stringify(value.replace(/^.*@/s, '…@'))}, which is not a host or a URL. Use for example 127.0.0.1 or https://bacalhau.example.org:1234.`,
  );

const assemble = (scheme: string, host: string, port: number | string): string =>
  `${scheme}//${reachable(host)}:${port}`;

/** Replaces the address of a server that listens on all interfaces with loopback, where a client reaches it. */
const reachable = (host: string): string =>
  host.replace(/^0\.0\.0\.0(?=:|$)/, '127.0.0.1').replace(/^\[::\](?=:|$)/, '[::1]');
