import { fromBase64 } from './base64.js';
import type { SignedBody } from './envelope.js';

/**
 * Whether a signature belongs to its key and bytes; undefined where this cannot be found out, because the key is
 * malformed or the runtime has no WebCrypto (a web page without TLS).
 */
export async function verifiesLocally({ signer, signature, signedBytes }: SignedBody): Promise<boolean | undefined> {
  try {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const spki = toSpki(fromBase64(signer.publicKey));
    const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
    return await crypto.subtle.verify(algorithm.name, key, fromBase64(signature), signedBytes);
  } catch {
    return undefined;
  }
}

/** SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL } (RFC 8017, appendix A.1). */
const RSA_ENCRYPTION = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/** WebCrypto takes no bare RSAPublicKey, only one within a SubjectPublicKeyInfo (RFC 5280, 4.1). */
function toSpki(rsaPublicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const bitString = tagged(0x03, [0x00, ...rsaPublicKey]);
  return Uint8Array.from(tagged(0x30, [...RSA_ENCRYPTION, ...bitString]));
}

/** A DER value: tag, length, content. */
function tagged(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  const digits = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return [tag, 0x80 | digits.length, ...digits, ...content];
}
