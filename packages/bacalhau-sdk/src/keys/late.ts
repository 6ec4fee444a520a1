import { load } from '../util/index.js';
import type { PublicKey } from './types.js';

/** Loaded when a key is first made, read or looked for: many programs hold none. */
export const keys = () => load(import('./keys.js'));

/**
 * A public key to check signatures with.
 *
 * @param key PEM (`PUBLIC KEY` of RSA or Ed25519, `RSA PUBLIC KEY`), or the 32 bytes of an Ed25519 key.
 * @throws {ConfigurationError} if it is none of these.
 */
export async function importPublicKey(key: string | Uint8Array): Promise<PublicKey> {
  return (await keys()).readPublicKey(key);
}
