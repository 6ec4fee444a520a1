export { checkRunOptions } from '../job/index.js';
export { mapJobs } from './map-jobs.js';
export { offeredPublishers, runOnce } from './run-once.js';
