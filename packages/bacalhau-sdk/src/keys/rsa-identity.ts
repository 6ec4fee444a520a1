import { loadKeys } from './load-keys.js';
import type { RsaKeyPair } from './rsa.js';
import type { Identity } from './types.js';

/**
 * An RSA key pair, which identifies a client to Bacalhau servers. The command line keeps one in `user_id.pem`; it can also
 * be imported from PEM text, where there is no file system.
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
  readonly #pair: RsaKeyPair;

  private constructor(pair: RsaKeyPair) {
    this.clientId = pair.keyId;
    this.publicKey = pair.publicPem;
    this.#pair = pair;
  }

  /** Generates a key pair of 2048 bits, as the Bacalhau command line does. */
  static async generate(): Promise<RsaIdentity> {
    const { generateRsa } = await loadKeys();
    return new RsaIdentity(await generateRsa());
  }

  /**
   * Imports a private key.
   *
   * @param pem `RSA PRIVATE KEY` (PKCS#1, as in `user_id.pem`) or `PRIVATE KEY` (PKCS#8), not encrypted.
   * @throws {ConfigurationError} if it is neither. The text is not quoted.
   */
  static async import(pem: string): Promise<RsaIdentity> {
    const { importRsa } = await loadKeys();
    return new RsaIdentity(await importRsa(pem));
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
    return this.#pair.publicDer.slice();
  }

  /** Exports the private key in PEM (PKCS#1), as the Bacalhau command line writes it. Keep it secret. */
  exportPrivateKey(): Promise<string> {
    return this.#pair.exportPrivateKey();
  }

  /** Signs the bytes with RSASSA-PKCS1-v1_5 and SHA-256. */
  sign(data: Uint8Array): Promise<Uint8Array> {
    return this.#pair.sign(data);
  }

  /** Verifies a signature of this key. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#pair.verify(data, signature);
  }
}
