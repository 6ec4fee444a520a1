import { load } from '../util/index.js';

export type { IdentityStore } from './identity-store.js';

/** The kinds of key that a directory can hold. */
export type KeyType = 'rsa' | 'ed25519';

/** Loads what creates and reads key files, with the keys themselves. */
export const loadIdentity = () => load(import('./identity-store.js'));
