import { RsaPublicKey } from '../keys/index.js';
import { fromBase64 } from '../util/index.js';
import type { SignedBody } from './envelope.js';

/**
 * Verifies a signature against its key and bytes; undefined where this is not possible, because the key is malformed
 * or the runtime has no WebCrypto (a web page without TLS).
 */
export async function verifiesLocally({ signer, signature, signedBytes }: SignedBody): Promise<boolean | undefined> {
  const [key, bytes] = [fromBase64(signer.publicKey), fromBase64(signature)];
  if (key === undefined || bytes === undefined) return undefined;
  try {
    return await (await RsaPublicKey.fromPkcs1(key)).verify(signedBytes, bytes);
  } catch {
    return undefined;
  }
}
