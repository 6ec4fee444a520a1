import { hasAuthorization } from '../http/index.js';
import type { ExternalRequest } from './external-request.js';

/** Replaces the host that a result names by the one that this machine can reach, if `hosts` has one. */
export function toReachable(request: ExternalRequest, hosts: Readonly<Record<string, string>>): ExternalRequest {
  const url = new URL(request.url);
  const known = [url.host, url.hostname].find((name) => Object.hasOwn(hosts, name));
  const replacement = known === undefined ? undefined : hosts[known];
  if (replacement === undefined) return request;
  const to = new URL(replacement.includes('://') ? replacement : `${url.protocol}//${replacement}`);
  // A host without a port keeps the port of the result.
  if (known === url.hostname && to.port === '' && !replacement.includes('://')) to.port = url.port;
  // A relay may serve results below a path of its own.
  to.pathname = `${to.pathname.replace(/\/$/, '')}${url.pathname}`;
  to.search = url.search;
  // Signatures cover the host that the signer used.
  const host = isSigned(url, request.headers) ? { host: url.host } : {};
  return { ...request, url: to.href, headers: { ...request.headers, ...host } };
}

const isSigned = (url: URL, headers: ExternalRequest['headers']): boolean =>
  [...url.searchParams.keys()].some((name) => name.toLowerCase() === 'x-amz-signature') || hasAuthorization(headers);
