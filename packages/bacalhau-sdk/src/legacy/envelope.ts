import { type Bytes, base64, utf8 } from '../util/index.js';
import type { PayloadSigner } from './signer.js';

/** A request body with a signed payload. */
export interface SignedBody {
  /** The body as it is sent. */
  readonly text: string;
  readonly signedBytes: Bytes;
  /** In standard base64. */
  readonly signature: string;
  readonly signer: PayloadSigner;
}

/**
 * Wraps a payload in its signed envelope. The payload's text is copied unchanged: servers from 0.3.18 on verify the
 * bytes of the body, and a second serialisation might differ.
 */
export async function sealPayload(field: string, payload: string, signer: PayloadSigner): Promise<SignedBody> {
  const signedBytes = utf8(payload);
  const signature = base64(await signer.sign(signedBytes));
  const members = JSON.stringify({ signature, client_public_key: signer.publicKey });
  return { text: `{${JSON.stringify(field)}:${payload},${members.slice(1)}`, signedBytes, signature, signer };
}
