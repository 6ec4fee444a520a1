export type { SubmissionCalls } from './existing-job.js';
export type { OnExisting, SubmissionDetails, SubmitOptions } from './options.js';
export { type NamedJob, type Submission, submitOnce } from './submit-once.js';
