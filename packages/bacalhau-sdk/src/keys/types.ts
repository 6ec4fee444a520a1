/** How a request is signed, by the names that RFC 9421 registers (6.2.2). */
export type SignatureAlgorithm = 'ed25519' | 'rsa-v1_5-sha256';

/**
 * Signs requests: a key of this package, or an object of yours around a key that never leaves its hardware.
 *
 * @example
 * ```ts
 * const signer: Signer = { keyId: 'build-7', algorithm: 'ed25519', sign: (data) => kms.sign(data) };
 * ```
 */
export interface Signer {
  /** The name by which the verifying side looks up the key. */
  readonly keyId: string;
  /** The signature algorithm. */
  readonly algorithm: SignatureAlgorithm;
  /** Signs the bytes. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** The public half of a key pair. */
export interface PublicKey {
  /** The key id that keys of this package sign with by default: the client id of their owner. */
  readonly keyId: string;
  /** The signature algorithm. */
  readonly algorithm: SignatureAlgorithm;
  /** Verifies that this key made the signature over the bytes. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** A key pair. Inspecting or stringifying it shows the public half only. */
export interface Identity extends Signer, PublicKey {
  /**
   * The client id. Of an RSA key, what Bacalhau servers compute: SHA-256 of the modulus, in hexadecimal. Of an Ed25519
   * key, which servers do not support, SHA-256 of the 32 bytes of the public key.
   */
  readonly clientId: string;
  /** The public key in PEM: `RSA PUBLIC KEY` (PKCS#1) of an RSA key, `PUBLIC KEY` (SPKI) of an Ed25519 key. */
  readonly publicKey: string;
  /** Exports the private key in PEM: PKCS#1 as the Bacalhau command line writes it, PKCS#8 for Ed25519. Keep it secret. */
  exportPrivateKey(): Promise<string>;
}
