export type { EndedJob } from './awaited-job.js';
export { checkListener, checkUnreachableAfter, WAIT_OPTIONS, type WaitOptions } from './options.js';
export { checkOwnJob, StrangersJobError } from './strangers-job-error.js';
export { Waiter } from './waiter.js';
