import { ConfigurationError } from '../errors/index.js';
import { type Bytes, hex } from '../util/index.js';
import { formatPem, parsePem } from './pem.js';
import type { Identity, PublicKey } from './types.js';
import { concat, sha256, startsWith } from './web-crypto.js';

const KEY_BYTES = 32;

/** `PrivateKeyInfo` up to the 32 bytes of the seed, and `SubjectPublicKeyInfo` up to those of the key (RFC 8410, 10). */
const PKCS8_PREFIX = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);
const SPKI_PREFIX = Uint8Array.of(...[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
/** The object identifier of Ed25519; other encodings of a private key have it at the same offset. */
const OID = PKCS8_PREFIX.subarray(5, 14);

const noble = () => import('@noble/ed25519');

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
  readonly #seed: Bytes;
  readonly #public: Ed25519PublicKey;

  private constructor(seed: Bytes, publicKey: Ed25519PublicKey) {
    this.clientId = publicKey.keyId;
    this.publicKey = publicKey.toPem();
    this.#seed = seed;
    this.#public = publicKey;
  }

  /** Generates a key pair from the runtime's secure random numbers. */
  static async generate(): Promise<Ed25519Identity> {
    return Ed25519Identity.import(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  }

  /**
   * Imports a private key.
   *
   * @param key `PRIVATE KEY` in PEM (PKCS#8), or the 32 bytes that RFC 8032 calls the private key.
   * @throws {ConfigurationError} if it is neither. The key is not quoted.
   */
  static async import(key: string | Uint8Array): Promise<Ed25519Identity> {
    const seed = typeof key === 'string' ? seedOf(key) : key;
    if (!(seed instanceof Uint8Array) || seed.length !== KEY_BYTES) {
      throw new ConfigurationError(
        'The Ed25519 private key cannot be read. Pass unencrypted PKCS#8 in PEM, or the 32 bytes of the key.',
      );
    }
    const own = concat(seed);
    const { getPublicKeyAsync } = await noble();
    return new Ed25519Identity(own, await Ed25519PublicKey.fromBytes(await getPublicKeyAsync(own)));
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
    return this.#public.bytes.slice();
  }

  /** Exports the private key in PEM (PKCS#8). Keep it secret. */
  async exportPrivateKey(): Promise<string> {
    return formatPem({ label: 'PRIVATE KEY', der: concat(PKCS8_PREFIX, this.#seed) });
  }

  /** Exports the 32 bytes of the private key. Keep them secret. */
  exportPrivateKeyBytes(): Uint8Array {
    return this.#seed.slice();
  }

  /** Signs the bytes; the signature has 64 bytes. */
  async sign(data: Uint8Array): Promise<Uint8Array> {
    const { signAsync } = await noble();
    return signAsync(data, this.#seed);
  }

  /** Verifies a signature of this key by the strict rules of RFC 8032. Never rejects because of a malformed signature. */
  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#public.verify(data, signature);
  }
}

/** The public half of an Ed25519 key pair. */
export class Ed25519PublicKey implements PublicKey {
  readonly algorithm = 'ed25519';
  readonly keyId: string;
  readonly bytes: Uint8Array;

  private constructor(keyId: string, bytes: Uint8Array) {
    this.keyId = keyId;
    this.bytes = bytes;
  }

  /** Takes the 32 bytes of the key. */
  static async fromBytes(key: Uint8Array): Promise<Ed25519PublicKey> {
    const own = concat(key);
    return new Ed25519PublicKey(hex(await sha256(own)), own);
  }

  /** Reads `SubjectPublicKeyInfo`; undefined for a key of another algorithm. */
  static async fromSpki(der: Uint8Array): Promise<Ed25519PublicKey | undefined> {
    const fits = der.length === SPKI_PREFIX.length + KEY_BYTES && startsWith(der, SPKI_PREFIX);
    return fits ? Ed25519PublicKey.fromBytes(der.slice(SPKI_PREFIX.length)) : undefined;
  }

  toPem(): string {
    return formatPem({ label: 'PUBLIC KEY', der: concat(SPKI_PREFIX, this.bytes) });
  }

  /** Verifies by the strict rules of RFC 8032: signatures that only lenient implementations accept are rejected. */
  async verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const { verifyAsync } = await noble();
    try {
      return await verifyAsync(signature, data, this.bytes, { zip215: false });
    } catch {
      return false; // a signature or a key of the wrong length
    }
  }
}

/**
 * Finds the seed in PKCS#8. The version and the lengths before the identifier differ where the public key follows the
 * private one (RFC 8410, 7).
 */
function seedOf(pem: string): Uint8Array | undefined {
  const { label, der } = parsePem(pem) ?? {};
  if (label !== 'PRIVATE KEY' || der === undefined || der[0] !== 0x30) return undefined;
  return startsWith(der.subarray(5), OID) && startsWith(der.subarray(12), PKCS8_PREFIX.subarray(12))
    ? der.slice(PKCS8_PREFIX.length, PKCS8_PREFIX.length + KEY_BYTES)
    : undefined;
}
