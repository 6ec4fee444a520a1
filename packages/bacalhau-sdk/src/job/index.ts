export { JobHandle, type JobParts, type StopOutcome } from './job-handle.js';
export { SubmittedJob } from './submitted-job.js';
