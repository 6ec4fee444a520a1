export { JobExitError } from './job-exit-error.js';
export { JobHandle, type StopOutcome } from './job-handle.js';
export { collectRun, publisherFor, type RunOptions, withPublisher } from './run.js';
export type { ExecutionOutput, RunResult } from './run-result.js';
