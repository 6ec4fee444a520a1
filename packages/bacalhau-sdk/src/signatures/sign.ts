import type { BareItem, InnerList } from 'structured-headers';
import { concat, type Signer } from '../keys/index.js';
import { base64, utf8 } from '../util/index.js';
import { COVERED, signatureBase } from './base.js';
import { contentDigest } from './digest.js';
import { SignatureError } from './errors.js';
import { messageOf, type RequestParts } from './message.js';

/** How long a signature is valid, in seconds. Long enough for a slow network, and too short to be of use later. */
const LIFETIME_SECONDS = 60;
const LABEL = 'sig1';

export async function signRequest(
  request: RequestParts & { readonly body: Uint8Array },
  signer: Signer,
  now: number = Date.now(),
): Promise<Readonly<Record<string, string>>> {
  const { serializeInnerList } = await import('structured-headers');
  const digest = await contentDigest(request.body);
  const message = messageOf(request);
  if (message === undefined) throw new SignatureError('malformed', `${request.url} cannot be signed: it is no URL.`);
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
