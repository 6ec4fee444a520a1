import { load } from '../../util/index.js';

export type { TokenStoreParts } from './token-store.js';

/** Loads the logins: challenge, ask, device, and the tokens that they store. */
export const loadLogins = () => load(import('./logins.js'));
