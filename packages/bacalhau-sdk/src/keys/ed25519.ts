import type { Ed25519Key } from './ed25519-key.js';
import { keys } from './late.js';
import type { Identity } from './types.js';

/**
 * An Ed25519 key, for signed requests (`new Bacalhau({ signer })`) to gateways that check them. Bacalhau's servers know
 * RSA keys only.
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
  readonly #key: Ed25519Key;

  private constructor(key: Ed25519Key) {
    this.clientId = key.clientId;
    this.publicKey = key.publicKey;
    this.#key = key;
  }

  /** A new key, from the random numbers of the runtime. */
  static async generate(): Promise<Ed25519Identity> {
    return Ed25519Identity.import(crypto.getRandomValues(new Uint8Array(32)));
  }

  /**
   * @param key `PRIVATE KEY` in PEM (PKCS#8), or the 32 bytes that RFC 8032 calls the private key.
   * @throws {ConfigurationError} if it is neither. The key is not quoted.
   */
  static async import(key: string | Uint8Array): Promise<Ed25519Identity> {
    const { Ed25519Key } = await keys();
    return new Ed25519Identity(await Ed25519Key.import(key));
  }

  /** What it signs with: Ed25519 (RFC 8032). */
  get algorithm(): 'ed25519' {
    return 'ed25519';
  }

  /** The client id. */
  get keyId(): string {
    return this.clientId;
  }

  /** The 32 bytes of the public key. */
  get publicKeyBytes(): Uint8Array {
    return this.#key.public.bytes.slice();
  }

  exportPrivateKey(): Promise<string> {
    return this.#key.exportPrivateKey();
  }

  /** The 32 bytes of the private key. Keep them secret. */
  exportPrivateKeyBytes(): Uint8Array {
    return this.#key.seed.slice();
  }

  /** The 64 bytes of an Ed25519 signature over the bytes. */
  sign(data: Uint8Array): Promise<Uint8Array> {
    return this.#key.sign(data);
  }

  /** Whether this key made the signature. By the strict rules of RFC 8032; never rejects because of a bad signature. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#key.verify(data, signature);
  }
}
