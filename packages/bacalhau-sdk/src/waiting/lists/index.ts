import { load } from '../../util/index.js';

export type { ListPoller, PollingLoop } from './list-poller.js';
export type { JobPage, PageRequest } from './recent-changes.js';

export const loadListPoller = () => load(import('./list-poller.js'));
