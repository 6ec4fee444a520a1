import { load } from '../util/index.js';

export type { ResultSource } from './await-result.js';
export { JobExitError } from './job-exit-error.js';
export { checkJobResultOptions, JOB_RESULT_OPTIONS, type JobResultOptions } from './options.js';
export { placementFailureOf } from './placement-failure.js';
export { describeRun, type ExecutionOutput, type RunResult } from './run-result.js';

/** Loads what waits for the result of a job. */
export const loadOutcome = () => load(import('./outcome.js'));
