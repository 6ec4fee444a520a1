export { checkRunOptions } from './check-run-options.js';
export { mapJobs } from './map-jobs.js';
export { offeredPublishers, runJob } from './run-job.js';
