import { ConfigurationError } from '../errors/index.js';
import { type Bytes, hex } from '../util/index.js';
import { formatPem, parsePem } from './pem.js';
import type { PublicKey } from './types.js';
import { concat, sha256, startsWith } from './web-crypto.js';

const KEY_BYTES = 32;

/** `PrivateKeyInfo` up to the 32 bytes of the seed, and `SubjectPublicKeyInfo` up to those of the key (RFC 8410, 10). */
const PKCS8_PREFIX = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);
const SPKI_PREFIX = Uint8Array.of(...[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
/** The object identifier of Ed25519 within: other ways to write the key have it at the same place. */
const OID = PKCS8_PREFIX.subarray(5, 14);

const noble = () => import('@noble/ed25519');

/** An Ed25519 key and the formats that it is written in. */
export class Ed25519Key {
  readonly clientId: string;
  readonly publicKey: string;
  readonly seed: Bytes;
  readonly public: Ed25519PublicKey;

  private constructor(seed: Bytes, publicKey: Ed25519PublicKey) {
    this.clientId = publicKey.keyId;
    this.publicKey = publicKey.toPem();
    this.seed = seed;
    this.public = publicKey;
  }

  /** @throws {ConfigurationError} if it is no such key. It is not quoted. */
  static async import(key: string | Uint8Array): Promise<Ed25519Key> {
    const seed = typeof key === 'string' ? seedOf(key) : key;
    if (seed?.length !== KEY_BYTES) {
      throw new ConfigurationError('This is no Ed25519 private key: give PKCS#8 in PEM, unencrypted, or 32 bytes.');
    }
    const own = concat(seed);
    const { getPublicKeyAsync } = await noble();
    return new Ed25519Key(own, await Ed25519PublicKey.from(await getPublicKeyAsync(own)));
  }

  async exportPrivateKey(): Promise<string> {
    return formatPem({ label: 'PRIVATE KEY', der: concat(PKCS8_PREFIX, this.seed) });
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    const { signAsync } = await noble();
    return signAsync(data, this.seed);
  }

  verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.public.verify(data, signature);
  }
}

/** The public half of an Ed25519 key. */
export class Ed25519PublicKey implements PublicKey {
  readonly algorithm = 'ed25519';
  readonly keyId: string;
  readonly bytes: Uint8Array;

  private constructor(keyId: string, bytes: Uint8Array) {
    this.keyId = keyId;
    this.bytes = bytes;
  }

  /** Of the 32 bytes of the key. */
  static async from(key: Uint8Array): Promise<Ed25519PublicKey> {
    const own = concat(key);
    return new Ed25519PublicKey(hex(await sha256(own)), own);
  }

  /** Undefined if it is a key of another kind. */
  static async fromSpki(der: Uint8Array): Promise<Ed25519PublicKey | undefined> {
    const fits = der.length === SPKI_PREFIX.length + KEY_BYTES && startsWith(der, SPKI_PREFIX);
    return fits ? Ed25519PublicKey.from(der.slice(SPKI_PREFIX.length)) : undefined;
  }

  toPem(): string {
    return formatPem({ label: 'PUBLIC KEY', der: concat(SPKI_PREFIX, this.bytes) });
  }

  /** By the strict rules of RFC 8032: what some other implementations let pass is refused. */
  async verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const { verifyAsync } = await noble();
    try {
      return await verifyAsync(signature, data, this.bytes, { zip215: false });
    } catch {
      return false; // a signature or a key of the wrong length
    }
  }
}

/** The version and the lengths before the identifier differ where the public key stands behind the private one (RFC 8410, 7). */
function seedOf(pem: string): Uint8Array | undefined {
  const { label, der } = parsePem(pem) ?? {};
  if (label !== 'PRIVATE KEY' || der === undefined || der[0] !== 0x30) return undefined;
  return startsWith(der.subarray(5), OID) && startsWith(der.subarray(12), PKCS8_PREFIX.subarray(12))
    ? der.slice(PKCS8_PREFIX.length, PKCS8_PREFIX.length + KEY_BYTES)
    : undefined;
}
