import { ConfigurationError } from '../errors/index.js';
import { type Bytes, fromBase64, hex } from '../util/index.js';
import { bitString, integer, octetString, RSA_ENCRYPTION, sequence } from './der.js';
import { formatPem, parsePem } from './pem.js';
import type { PublicKey } from './types.js';
import { concat, sha256, subtle } from './web-crypto.js';

type CryptoKey = Parameters<typeof crypto.subtle.exportKey>[1];

/** What Bacalhau's challenge and RFC 9421's rsa-v1_5-sha256 both want. */
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const ZERO = Uint8Array.of(0);

/** An RSA key and the formats that it is written in. */
export class RsaKey {
  readonly clientId: string;
  readonly publicKey: string;
  /** The public key as PKCS#1 DER, as servers want it in a login. */
  readonly publicDer: Bytes;
  readonly #private: CryptoKey;
  readonly #public: RsaPublicKey;

  private constructor(publicDer: Bytes, privateKey: CryptoKey, publicKey: RsaPublicKey) {
    this.clientId = publicKey.keyId;
    this.publicKey = formatPem({ label: 'RSA PUBLIC KEY', der: publicDer });
    this.publicDer = publicDer;
    this.#private = privateKey;
    this.#public = publicKey;
  }

  static async generate(): Promise<RsaKey> {
    const pair = await subtle().generateKey(
      { ...ALGORITHM, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    );
    return RsaKey.#of(pair.privateKey);
  }

  /** @throws {ConfigurationError} if it is no such key. The text is not quoted. */
  static async import(pem: string): Promise<RsaKey> {
    const block = parsePem(pem);
    const der = block && toPkcs8(block.label, block.der);
    if (der !== undefined) {
      const key = await subtle()
        .importKey('pkcs8', der, ALGORITHM, true, ['sign'])
        .catch(() => undefined);
      if (key !== undefined) return RsaKey.#of(key);
    }
    throw new ConfigurationError('This is no unencrypted RSA private key in PEM (PKCS#1 or PKCS#8).');
  }

  static async #of(privateKey: CryptoKey): Promise<RsaKey> {
    const { n, e } = await subtle().exportKey('jwk', privateKey);
    const publicDer = sequence(integer(number(n)), integer(number(e)));
    return new RsaKey(publicDer, privateKey, await RsaPublicKey.fromPkcs1(publicDer));
  }

  async exportPrivateKey(): Promise<string> {
    const { n, e, d, p, q, dp, dq, qi } = await subtle().exportKey('jwk', this.#private);
    const numbers = [n, e, d, p, q, dp, dq, qi].map((field) => integer(number(field)));
    return formatPem({ label: 'RSA PRIVATE KEY', der: sequence(integer(ZERO), ...numbers) });
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  async sign(data: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await subtle().sign(ALGORITHM.name, this.#private, concat(data)));
  }

  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#public.verify(data, signature);
  }
}

/** The public half of an RSA key. */
export class RsaPublicKey implements PublicKey {
  readonly algorithm = 'rsa-v1_5-sha256';
  readonly keyId: string;
  readonly #key: CryptoKey;

  private constructor(keyId: string, key: CryptoKey) {
    this.keyId = keyId;
    this.#key = key;
  }

  static fromPkcs1(der: Bytes): Promise<RsaPublicKey> {
    return RsaPublicKey.fromSpki(sequence(RSA_ENCRYPTION, bitString(der)));
  }

  static async fromSpki(der: Bytes): Promise<RsaPublicKey> {
    const key = await subtle().importKey('spki', der, ALGORITHM, true, ['verify']);
    const { n } = await subtle().exportKey('jwk', key);
    // The server's definition of a client id: SHA-256 of the modulus as big-endian bytes, in hexadecimal.
    return new RsaPublicKey(hex(await sha256(number(n))), key);
  }

  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return subtle().verify(ALGORITHM.name, this.#key, concat(signature), concat(data));
  }
}

/** WebCrypto reads PKCS#8 only, which is PKCS#1 with a name of the algorithm around it (RFC 5208). */
function toPkcs8(label: string, der: Bytes): Bytes | undefined {
  if (label === 'PRIVATE KEY') return der;
  return label === 'RSA PRIVATE KEY' ? sequence(integer(ZERO), RSA_ENCRYPTION, octetString(der)) : undefined;
}

function number(field: string | undefined): Bytes {
  const bytes = field === undefined ? undefined : fromBase64(field);
  if (bytes === undefined) throw new ConfigurationError('The RSA key lacks one of its numbers.');
  return bytes;
}
