import { load } from '../util/index.js';

export type { ExecutionDescription, JobDescription } from './types.js';

/** Loads what describes jobs. */
export const loadDescription = () => load(import('./describe-job.js'));
