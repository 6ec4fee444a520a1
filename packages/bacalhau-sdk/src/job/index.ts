export { failureOf } from './failure.js';
export { JobHandle, type JobParts, type StopOutcome } from './job-handle.js';
