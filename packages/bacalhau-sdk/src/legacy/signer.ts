import type { IdentityStore } from '../keys/index.js';

/** Who signs submissions: a client id, its public key, and what makes signatures with the private half. */
export interface PayloadSigner {
  /** SHA-256 of the key's modulus (big-endian, no leading zero byte), in lower-case hexadecimal. */
  readonly clientId: string;
  /** The public key: RSAPublicKey (PKCS#1) in DER, in standard base64. */
  readonly publicKey: string;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over the bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The signer with the key of `user_id.pem`. */
export async function keyFileSigner(identity: IdentityStore): Promise<PayloadSigner> {
  const key = await identity.rsa();
  const { clientId, publicKey } = key;
  return {
    clientId,
    // PEM is that base64 in a frame.
    publicKey: publicKey.replace(/-----[^-]+-----|\s/g, ''),
    sign: (bytes) => key.sign(bytes),
  };
}
