export { checkRunOptions } from './check-run-options.js';
export { JobExitError } from './job-exit-error.js';
export { JobHandle, type JobParts, type StopOutcome } from './job-handle.js';
export { collectRun, publisherFor, stopLeft } from './late.js';
export type { OfferedPublishers } from './publish.js';
export type { RunOptions } from './run-options.js';
export type { ExecutionOutput, RunResult } from './run-result.js';
export { SubmittedJob } from './submitted-job.js';
