export { findSubmitted } from './existing-job.js';
export { type NamedJob, nameJob } from './named-job.js';
export {
  checkOnExisting,
  type OnExisting,
  SUBMIT_OPTIONS,
  type SubmissionDetails,
  type SubmitOptions,
} from './options.js';
export { type SendJob, type Submission, submitOnce } from './submit-once.js';
