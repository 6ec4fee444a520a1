import { load } from '../util/index.js';

export {
  MAP_OPTIONS,
  type MapItem,
  type MapOptions,
  type MapProgress,
  RUN_OPTIONS,
  type RunOptions,
} from './options.js';

/** Loads what runs jobs to their end. */
export const loadRuns = () => load(import('./runs.js'));
