import type { Job } from 'bacalhau-apiclient';

/** `service` and `daemon` jobs never complete, and so publish nothing. */
export const canPublish = ({ Type }: Job): boolean => Type === 'batch' || Type === 'ops';

export const hasPublisher = ({ Tasks: [task] }: Job): boolean => Boolean(task?.Publisher?.Type);
