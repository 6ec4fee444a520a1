export { JobExitError } from './job-exit-error.js';
export { collectOutcome } from './outcome.js';
export type { RunOptions } from './run-options.js';
export type { ExecutionOutput, RunResult } from './run-result.js';
