import { load } from '../util/index.js';

/** What a call does not need that succeeds at once and asks for nothing special. Loaded when it is first needed. */
export const rest = () => load(import('./rest.js'));
