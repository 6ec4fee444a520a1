import type { IdentityStore } from '../identity/index.js';
import { base64 } from '../util/index.js';

/** Signs submissions: a client id, its public key, and a function that signs with the private half. */
export interface PayloadSigner {
  /** SHA-256 of the key's modulus (big-endian, no leading zero byte), in lower-case hexadecimal. */
  readonly clientId: string;
  /** The public key: RSAPublicKey (PKCS#1) in DER, in standard base64. */
  readonly publicKey: string;
  /** Signs the bytes with RSASSA-PKCS1-v1_5 and SHA-256. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Returns the signer with the key of `user_id.pem`. */
export async function keyFileSigner(identity: IdentityStore): Promise<PayloadSigner> {
  const key = await identity.rsa();
  return {
    clientId: key.clientId,
    publicKey: base64(key.exportPublicKeyDer()),
    sign: (bytes) => key.sign(bytes),
  };
}
