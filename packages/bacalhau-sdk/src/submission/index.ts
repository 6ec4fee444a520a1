export { countingJob, findSubmitted } from './existing-job.js';
export { findArrived } from './late-arrivals.js';
export { type NamedJob, nameJob } from './named-job.js';
export {
  checkOnExisting,
  type OnExisting,
  SUBMIT_OPTIONS,
  type SubmissionDetails,
  type SubmitOptions,
} from './options.js';
export { closeServers, closeServersAfter } from './served-data.js';
export { newSubmissionToken, type SendJob, type Submission, submitOnce } from './submit-once.js';
