export { JobHandle, type JobParts, type StopOutcome } from './job-handle.js';
export { collectRun, publisherFor, type RunOptions, withPublisher } from './run.js';
export type { ExecutionOutput, RunResult } from './run-result.js';
