export type { OnExisting, SubmissionFacts, SubmitOptions } from './options.js';
export { type Intent, type NamedJob, type Submission, submitOnce } from './submit-once.js';
