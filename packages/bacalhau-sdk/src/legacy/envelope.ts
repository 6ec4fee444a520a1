import { type Bytes, base64, utf8 } from '../util/index.js';
import type { PayloadSigner } from './signer.js';

/** A body that is ready to be sent, and what was signed in it. */
export interface SignedBody {
  /** What goes over the wire, as it is. */
  readonly text: string;
  readonly signedBytes: Bytes;
  /** In standard base64. */
  readonly signature: string;
  readonly signer: PayloadSigner;
}

/**
 * Puts a payload into its signed envelope. The payload's text goes in untouched: servers from 0.3.18 on verify the
 * bytes that stand in the body, and a second serialisation might not give the same.
 */
export async function sealPayload(field: string, payload: string, signer: PayloadSigner): Promise<SignedBody> {
  const signedBytes = utf8(payload);
  const signature = base64(await signer.sign(signedBytes));
  const members = JSON.stringify({ signature, client_public_key: signer.publicKey });
  return { text: `{${JSON.stringify(field)}:${payload},${members.slice(1)}`, signedBytes, signature, signer };
}
