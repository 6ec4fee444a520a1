import { load } from '../util/index.js';

/** Loaded when results are first wanted: it is large, and many programs want none. */
export const transfer = () => load(import('./transfer.js'));
