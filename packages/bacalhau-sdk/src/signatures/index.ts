import { load } from '../util/index.js';

/** Loads what signs requests. Verifying is the entry point `bacalhau-sdk/signatures`. */
export const loadSigning = () => load(import('./sign-request.js'));
