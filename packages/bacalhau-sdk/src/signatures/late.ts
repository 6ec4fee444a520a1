import type { Signer } from '../keys/index.js';
import { load } from '../util/index.js';
import type { RequestParts } from './message.js';
import type { SignedRequest, VerifiedRequest, VerifyOptions } from './verify.js';

/** Loaded when something is first signed or checked, which many programs never do. */
export const signing = () => load(import('./signing.js'));

/**
 * Signs a request as RFC 9421 says: method, authority, path, query and, by its digest (RFC 9530), the body; with the
 * time, an end a minute later, a nonce and the key's id.
 *
 * @returns the headers to add: `Content-Digest`, `Signature-Input`, `Signature`.
 */
export async function signRequest(
  request: RequestParts & { readonly body: Uint8Array },
  signer: Signer,
  now?: number,
): Promise<Readonly<Record<string, string>>> {
  return (await signing()).signRequest(request, signer, now);
}

/**
 * Checks a request's signature (RFC 9421): that a known key made it, that nothing which it covers was altered, that the
 * body is the one that was signed, that the time is right, and that it is the first of its kind.
 *
 * @example
 * ```ts
 * const replayCache = new MemoryReplayCache();
 * const keys = new Map([[keyId, await importPublicKey(pem)]]);
 * const { keyId } = await verifyRequest(
 *   { method: request.method, url: request.url, headers: request.headers, body },
 *   { key: (id) => keys.get(id), replayCache },
 * );
 * ```
 * @throws {SignatureError} whose `problem` says why not.
 */
export async function verifyRequest(request: SignedRequest, options: VerifyOptions): Promise<VerifiedRequest> {
  return (await signing()).verifyRequest(request, options);
}
