import { keys } from './late.js';
import type { RsaKey } from './rsa-key.js';
import type { Identity } from './types.js';

/**
 * An RSA key: who a client is to Bacalhau servers. The file `user_id.pem` of the command line holds one. It works from
 * a text as well, where there is no file system.
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
  readonly #key: RsaKey;

  private constructor(key: RsaKey) {
    this.clientId = key.clientId;
    this.publicKey = key.publicKey;
    this.#key = key;
  }

  /** A new key of 2048 bits, as the Bacalhau command line makes it. */
  static async generate(): Promise<RsaIdentity> {
    const { RsaKey } = await keys();
    return new RsaIdentity(await RsaKey.generate());
  }

  /**
   * @param pem `RSA PRIVATE KEY` (PKCS#1, as in `user_id.pem`) or `PRIVATE KEY` (PKCS#8), not encrypted.
   * @throws {ConfigurationError} if it is none of these. The text is not quoted.
   */
  static async import(pem: string): Promise<RsaIdentity> {
    const { RsaKey } = await keys();
    return new RsaIdentity(await RsaKey.import(pem));
  }

  /** What it signs with: RSASSA-PKCS1-v1_5 with SHA-256, as Bacalhau's challenge wants it. */
  get algorithm(): 'rsa-v1_5-sha256' {
    return 'rsa-v1_5-sha256';
  }

  /** The client id. */
  get keyId(): string {
    return this.clientId;
  }

  /** The public key as DER: PKCS#1, `RSAPublicKey`. */
  exportPublicKeyDer(): Uint8Array {
    return this.#key.publicDer.slice();
  }

  exportPrivateKey(): Promise<string> {
    return this.#key.exportPrivateKey();
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  sign(data: Uint8Array): Promise<Uint8Array> {
    return this.#key.sign(data);
  }

  /** Whether this key made the signature. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#key.verify(data, signature);
  }
}
