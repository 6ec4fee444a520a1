import { loadKeys } from './load-keys.js';
import type { PublicKey } from './types.js';

/**
 * Imports a public key to verify signatures with.
 *
 * @param key PEM (`PUBLIC KEY` of RSA or Ed25519, `RSA PUBLIC KEY`), or the 32 bytes of an Ed25519 key.
 * @throws {ConfigurationError} if it is none of these.
 */
export async function importPublicKey(key: string | Uint8Array): Promise<PublicKey> {
  const { readPublicKey } = await loadKeys();
  return readPublicKey(key);
}
