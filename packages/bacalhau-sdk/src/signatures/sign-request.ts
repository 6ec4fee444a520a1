import { type BareItem, type InnerList, serializeInnerList } from 'structured-headers';
import { concat, type Signer } from '../keys/index.js';
import { base64, utf8 } from '../util/index.js';
import { COVERED, signatureBase } from './base.js';
import { contentDigest } from './digest.js';
import { SignatureError } from './errors.js';
import { type RequestParts, toMessage } from './message.js';

/** How long a signature is valid, in seconds. Long enough for a slow network, and too short to be useful later. */
const LIFETIME_SECONDS = 60;
const LABEL = 'sig1';

/** A request to sign. */
export interface RequestToSign extends RequestParts {
  /** The whole body; empty if there is none. */
  readonly body: Uint8Array;
}

/**
 * Signs a request according to RFC 9421: method, authority, path, query and, by its digest (RFC 9530), the body; with the
 * time, an expiry a minute later, a nonce and the id of the key.
 *
 * @param now The time of the signature in milliseconds since 1970. Default: now.
 * @returns the headers to add: `Content-Digest`, `Signature-Input`, `Signature`.
 * @throws {SignatureError} if the request has no valid URL.
 * @example
 * ```ts
 * const signature = await signRequest({ method: 'GET', url, headers: {}, body: new Uint8Array() }, signer);
 * await fetch(url, { headers: signature });
 * ```
 */
export async function signRequest(
  request: RequestToSign,
  signer: Signer,
  now: number = Date.now(),
): Promise<Readonly<Record<string, string>>> {
  const digest = await contentDigest(request.body);
  const message = toMessage(request);
  if (message === undefined)
    throw new SignatureError(
      'malformed',
      `The request cannot be signed: ${JSON.stringify(String(request.url))} must be a URL.`,
    );
  const created = Math.floor(now / 1000);
  const parameters: readonly (readonly [string, BareItem])[] = [
    ['created', created],
    ['expires', created + LIFETIME_SECONDS],
    ['nonce', base64(crypto.getRandomValues(new Uint8Array(16)))],
    ['keyid', signer.keyId],
    ['alg', signer.algorithm],
  ];
  const covered: InnerList = [COVERED.map((name) => [name, new Map()]), new Map(parameters)];
  const serialized = serializeInnerList(covered);
  const headers = new Map([...message.headers, ['content-digest', digest]]);
  const signature = await signer.sign(utf8(signatureBase({ ...message, headers }, covered, serialized)));
  return {
    'Content-Digest': digest,
    'Signature-Input': `${LABEL}=${serialized}`,
    Signature: `${LABEL}=:${base64(concat(signature))}:`,
  };
}
