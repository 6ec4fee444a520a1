import type { Ed25519KeyPair } from './ed25519.js';
import { loadKeys } from './load-keys.js';
import type { Identity } from './types.js';

/**
 * An Ed25519 key pair, for signed requests (`new Bacalhau({ signer })`) to gateways that verify them. Bacalhau servers
 * support RSA keys only.
 *
 * @example
 * ```ts
 * const signer = await Ed25519Identity.generate();
 * const bacalhau = new Bacalhau({ baseUrl: 'https://gateway.example.org', signer });
 * ```
 */
export class Ed25519Identity implements Identity {
  readonly clientId: string;
  readonly publicKey: string;
  readonly #pair: Ed25519KeyPair;

  private constructor(pair: Ed25519KeyPair) {
    this.clientId = pair.keyId;
    this.publicKey = pair.publicPem;
    this.#pair = pair;
  }

  /** Generates a key pair from the runtime's secure random numbers. */
  static async generate(): Promise<Ed25519Identity> {
    const { generateEd25519 } = await loadKeys();
    return new Ed25519Identity(await generateEd25519());
  }

  /**
   * Imports a private key.
   *
   * @param key `PRIVATE KEY` in PEM (PKCS#8), or the 32 bytes that RFC 8032 calls the private key.
   * @throws {ConfigurationError} if it is neither. The key is not quoted.
   */
  static async import(key: string | Uint8Array): Promise<Ed25519Identity> {
    const { importEd25519 } = await loadKeys();
    return new Ed25519Identity(await importEd25519(key));
  }

  /** The signature algorithm: Ed25519 (RFC 8032). */
  get algorithm(): 'ed25519' {
    return 'ed25519';
  }

  /** The key id that signatures carry: the client id. */
  get keyId(): string {
    return this.clientId;
  }

  /** The 32 bytes of the public key. */
  get publicKeyBytes(): Uint8Array {
    return this.#pair.publicBytes.slice();
  }

  /** Exports the private key in PEM (PKCS#8). Keep it secret. */
  async exportPrivateKey(): Promise<string> {
    return this.#pair.privatePem();
  }

  /** Exports the 32 bytes of the private key. Keep them secret. */
  exportPrivateKeyBytes(): Uint8Array {
    return this.#pair.seed();
  }

  /** Signs the bytes; the signature has 64 bytes. */
  sign(data: Uint8Array): Promise<Uint8Array> {
    return this.#pair.sign(data);
  }

  /** Verifies a signature of this key by the strict rules of RFC 8032. Never rejects because of a malformed signature. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#pair.verify(data, signature);
  }
}
