import { type BareItem, type InnerList, serializeInnerList } from 'structured-headers';
import { InvalidArgumentError } from '../errors/index.js';
import { concat, type Signer } from '../keys/index.js';
import { base64, isRecord, utf8 } from '../util/index.js';
import { COVERED, signatureBase } from './base.js';
import { checkNumber, checkParts, isBytes, wrongType } from './check-arguments.js';
import { contentDigest } from './digest.js';
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
 * @throws {SignatureError} if the request cannot be sent: it has no valid URL, or a `Host` that is not the URL's.
 * @throws {InvalidArgumentError} if an argument is of the wrong type, or the method is not in upper case.
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
  checkParts(request);
  if (!isBytes(request.body)) throw wrongType('request.body', 'a Uint8Array', request.body);
  checkSigner(signer);
  checkNumber(now, 'now');
  const message = toMessage(request);
  const digest = await contentDigest(request.body);
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
  if (!isBytes(signature)) throw wrongType('signer.sign', 'a function that resolves to a Uint8Array', signature);
  return {
    'Content-Digest': digest,
    'Signature-Input': `${LABEL}=${serialized}`,
    Signature: `${LABEL}=:${base64(concat(signature))}:`,
  };
}

function checkSigner(signer: unknown): void {
  if (!isRecord(signer) || typeof signer['sign'] !== 'function') {
    throw new InvalidArgumentError(
      'signer',
      'must be a key. Pass an Ed25519Identity, or an object with a method sign.',
    );
  }
  for (const name of ['keyId', 'algorithm'] as const) {
    const value = signer[name];
    if (typeof value !== 'string' || !/^[\x20-\x7e]+$/.test(value)) {
      throw new InvalidArgumentError(`signer.${name}`, 'must be a string of printable ASCII characters.');
    }
  }
}
