import { load } from '../../util/index.js';

export type { ManyJobsPoller, PollingLoop } from './poller.js';
export type { JobPage, PageRequest } from './recent-changes.js';

export const loadManyJobsPoller = () => load(import('./poller.js'));
