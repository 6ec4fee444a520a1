import { load } from '../util/index.js';

/** Loaded where there are files, proxies and certificates to look after, which is not in browsers. */
export const machine = () => load(import('./machine.js'));
