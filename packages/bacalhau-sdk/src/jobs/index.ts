export { type JobHandleOptions, Jobs } from './jobs.js';
