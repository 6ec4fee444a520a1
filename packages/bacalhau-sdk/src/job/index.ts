export { JobExitError } from './job-exit-error.js';
export { JobHandle, type JobParts, type StopOutcome } from './job-handle.js';
export {
  collectRun,
  type OfferedPublishers,
  offeredPublishers,
  publisherFor,
  type RunOptions,
  withPublisher,
} from './run.js';
export type { ExecutionOutput, RunResult } from './run-result.js';
export { SubmittedJob } from './submitted-job.js';
