import { ConfigurationError } from '../errors/index.js';
import { Ed25519PublicKey } from './ed25519-key.js';
import { parsePem } from './pem.js';
import { RsaPublicKey } from './rsa-key.js';
import type { PublicKey } from './types.js';

export async function readPublicKey(key: string | Uint8Array): Promise<PublicKey> {
  const found = typeof key === 'string' ? await fromPem(key) : key.length === 32 && (await Ed25519PublicKey.from(key));
  if (found) return found;
  throw new ConfigurationError('This is no RSA or Ed25519 public key: give PEM, or the 32 bytes of an Ed25519 key.');
}

async function fromPem(pem: string): Promise<PublicKey | undefined> {
  const { label, der } = parsePem(pem) ?? {};
  if (der === undefined) return undefined;
  if (label === 'RSA PUBLIC KEY') return RsaPublicKey.fromPkcs1(der).catch(() => undefined);
  if (label !== 'PUBLIC KEY') return undefined;
  return (await Ed25519PublicKey.fromSpki(der)) ?? RsaPublicKey.fromSpki(der).catch(() => undefined);
}
