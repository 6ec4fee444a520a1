export { loadJob, parseJob } from './load-job.js';
