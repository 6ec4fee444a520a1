import { load } from '../util/index.js';

/** Loads what follows the jobs whose inputs this process serves: few do. */
export const loadServedInputs = () => load(import('./served-inputs.js'));
