import { ConfigurationError } from '../errors/index.js';
import { Ed25519PublicKey } from './ed25519.js';
import { parsePem } from './pem.js';
import { RsaPublicKey } from './rsa.js';
import type { PublicKey } from './types.js';

/**
 * Imports a public key to verify signatures with.
 *
 * @param key PEM (`PUBLIC KEY` of RSA or Ed25519, `RSA PUBLIC KEY`), or the 32 bytes of an Ed25519 key.
 * @throws {ConfigurationError} if it is none of these.
 */
export async function importPublicKey(key: string | Uint8Array): Promise<PublicKey> {
  const found = typeof key === 'string' ? await fromPem(key) : await fromBytes(key);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    'The public key cannot be read. Pass an RSA or Ed25519 public key in PEM, or the 32 bytes of an Ed25519 key.',
  );
}

async function fromBytes(key: unknown): Promise<PublicKey | undefined> {
  return key instanceof Uint8Array && key.length === 32 ? Ed25519PublicKey.fromBytes(key) : undefined;
}

async function fromPem(pem: string): Promise<PublicKey | undefined> {
  const { label, der } = parsePem(pem) ?? {};
  if (der === undefined) return undefined;
  if (label === 'RSA PUBLIC KEY') return RsaPublicKey.fromPkcs1(der).catch(() => undefined);
  if (label !== 'PUBLIC KEY') return undefined;
  return (await Ed25519PublicKey.fromSpki(der)) ?? RsaPublicKey.fromSpki(der).catch(() => undefined);
}
