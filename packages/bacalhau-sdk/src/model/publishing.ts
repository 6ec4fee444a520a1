import type { Job } from 'bacalhau-apiclient';

/** Returns false for `service` and `daemon` jobs, which never complete and so publish nothing. */
export const canPublish = ({ Type }: Job): boolean => Type === 'batch' || Type === 'ops';

export const hasPublisher = ({ Tasks: [task] }: Job): boolean => Boolean(task?.Publisher?.Type);
