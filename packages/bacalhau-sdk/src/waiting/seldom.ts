export { asCompleted, isForgotten } from './forgotten-job.js';
export { ListPoller } from './list-poller.js';
