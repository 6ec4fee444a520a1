export type { SubmissionCalls } from './existing-job.js';
export type { OnExisting, SubmissionFacts, SubmitOptions } from './options.js';
export { type NamedJob, type Submission, submitOnce } from './submit-once.js';
