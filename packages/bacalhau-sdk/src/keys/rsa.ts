import { ConfigurationError } from '../errors/index.js';
import { type Bytes, fromBase64, hex } from '../util/index.js';
import { bitString, integer, octetString, RSA_ENCRYPTION, sequence } from './der.js';
import { formatPem, parsePem } from './pem.js';
import type { Identity, PublicKey } from './types.js';
import { concat, sha256, subtle } from './web-crypto.js';

type CryptoKey = Parameters<typeof crypto.subtle.exportKey>[1];

/** Both Bacalhau's challenge and rsa-v1_5-sha256 of RFC 9421. */
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const ZERO = Uint8Array.of(0);

/**
 * An RSA key pair, which identifies a client to Bacalhau servers. The command line keeps one in `user_id.pem`. In
 * environments without a file system, import one from a PEM string.
 *
 * @example
 * ```ts
 * const identity = await RsaIdentity.import(pem);
 * console.log(identity.clientId);
 * ```
 */
export class RsaIdentity implements Identity {
  readonly clientId: string;
  readonly publicKey: string;
  readonly #publicDer: Bytes;
  readonly #private: CryptoKey;
  readonly #public: RsaPublicKey;

  private constructor(publicDer: Bytes, privateKey: CryptoKey, publicKey: RsaPublicKey) {
    this.clientId = publicKey.keyId;
    this.publicKey = formatPem({ label: 'RSA PUBLIC KEY', der: publicDer });
    this.#publicDer = publicDer;
    this.#private = privateKey;
    this.#public = publicKey;
  }

  /** Generates a key pair of 2048 bits, as the Bacalhau command line does. */
  static async generate(): Promise<RsaIdentity> {
    const pair = await subtle().generateKey(
      { ...ALGORITHM, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    );
    return RsaIdentity.#of(pair.privateKey);
  }

  /**
   * Imports a private key.
   *
   * @param pem `RSA PRIVATE KEY` (PKCS#1, as in `user_id.pem`) or `PRIVATE KEY` (PKCS#8), not encrypted.
   * @throws {ConfigurationError} if it is neither. The text is not quoted.
   */
  static async import(pem: string): Promise<RsaIdentity> {
    const block = parsePem(pem);
    const der = block && toPkcs8(block.label, block.der);
    if (der !== undefined) {
      const key = await subtle()
        .importKey('pkcs8', der, ALGORITHM, true, ['sign'])
        .catch(() => undefined);
      if (key !== undefined) return RsaIdentity.#of(key);
    }
    throw new ConfigurationError('The RSA private key cannot be read. Pass unencrypted PKCS#1 or PKCS#8 in PEM.');
  }

  static async #of(privateKey: CryptoKey): Promise<RsaIdentity> {
    const { n, e } = await subtle().exportKey('jwk', privateKey);
    const publicDer = sequence(integer(bytesOf(n)), integer(bytesOf(e)));
    return new RsaIdentity(publicDer, privateKey, await RsaPublicKey.fromPkcs1(publicDer));
  }

  /** The signature algorithm: RSASSA-PKCS1-v1_5 with SHA-256, which Bacalhau's challenge requires. */
  get algorithm(): 'rsa-v1_5-sha256' {
    return 'rsa-v1_5-sha256';
  }

  /** The key id that signatures carry: the client id. */
  get keyId(): string {
    return this.clientId;
  }

  /** Exports the public key in DER (PKCS#1, `RSAPublicKey`). */
  exportPublicKeyDer(): Uint8Array {
    return this.#publicDer.slice();
  }

  /** Exports the private key in PEM (PKCS#1), as the Bacalhau command line writes it. Keep it secret. */
  async exportPrivateKey(): Promise<string> {
    const { n, e, d, p, q, dp, dq, qi } = await subtle().exportKey('jwk', this.#private);
    const numbers = [n, e, d, p, q, dp, dq, qi].map((field) => integer(bytesOf(field)));
    return formatPem({ label: 'RSA PRIVATE KEY', der: sequence(integer(ZERO), ...numbers) });
  }

  /** Signs the bytes with RSASSA-PKCS1-v1_5 and SHA-256. */
  async sign(data: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await subtle().sign(ALGORITHM.name, this.#private, concat(data)));
  }

  /** Verifies a signature of this key. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#public.verify(data, signature);
  }
}

/** The public half of an RSA key pair. */
export class RsaPublicKey implements PublicKey {
  readonly algorithm = 'rsa-v1_5-sha256';
  readonly keyId: string;
  readonly #key: CryptoKey;

  private constructor(keyId: string, key: CryptoKey) {
    this.keyId = keyId;
    this.#key = key;
  }

  /** Reads `RSAPublicKey`, which WebCrypto only takes within a `SubjectPublicKeyInfo` (RFC 5280, 4.1). */
  static fromPkcs1(der: Uint8Array): Promise<RsaPublicKey> {
    return RsaPublicKey.fromSpki(sequence(RSA_ENCRYPTION, bitString(der)));
  }

  static async fromSpki(der: Bytes): Promise<RsaPublicKey> {
    const key = await subtle().importKey('spki', der, ALGORITHM, true, ['verify']);
    const { n } = await subtle().exportKey('jwk', key);
    // The server's definition of a client id: SHA-256 of the modulus as big-endian bytes, in hexadecimal.
    return new RsaPublicKey(hex(await sha256(bytesOf(n))), key);
  }

  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return subtle().verify(ALGORITHM.name, this.#key, concat(signature), concat(data));
  }
}

/**
 * Converts a key to PKCS#8, the only format that WebCrypto reads: PKCS#1 wrapped with the name of the algorithm (RFC 5208).
 */
function toPkcs8(label: string, der: Bytes): Bytes | undefined {
  if (label === 'PRIVATE KEY') return der;
  return label === 'RSA PRIVATE KEY' ? sequence(integer(ZERO), RSA_ENCRYPTION, octetString(der)) : undefined;
}

/** Decodes a field of a JSON Web Key (RFC 7518, 6.3). */
function bytesOf(field: string | undefined): Bytes {
  const bytes = field === undefined ? undefined : fromBase64(field);
  if (bytes === undefined) throw new ConfigurationError('The RSA key lacks one of its numbers.');
  return bytes;
}
