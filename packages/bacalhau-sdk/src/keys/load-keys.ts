import { load } from '../util/index.js';

/** Loads what creates, reads and uses keys: many programs have none. */
export const loadKeys = () => load(import('./keys.js'));
