import type { ExternalRequest } from '../external/index.js';
import { hasAuthorization } from '../http/index.js';
import { reachableUrl } from '../model/index.js';

/** Replaces the host that a result names by the one that this machine can reach, if `hosts` has one. */
export function toReachable(request: ExternalRequest, hosts: Readonly<Record<string, string>>): ExternalRequest {
  const reachable = reachableUrl(request.url, hosts);
  if (reachable === undefined) return request;
  const url = new URL(request.url);
  // Signatures cover the host that the signer used.
  const host = isSigned(url, request.headers) ? { host: url.host } : {};
  return { ...request, url: reachable, headers: { ...request.headers, ...host } };
}

const isSigned = (url: URL, headers: ExternalRequest['headers']): boolean =>
  [...url.searchParams.keys()].some((name) => name.toLowerCase() === 'x-amz-signature') || hasAuthorization(headers);
