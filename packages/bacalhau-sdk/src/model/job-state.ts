import { type Job, JobStateType } from 'bacalhau-apiclient';

const ENDED: ReadonlySet<string> = new Set([JobStateType.Completed, JobStateType.Failed, JobStateType.Stopped]);

/** Returns whether a job has ended. An unknown state comes from a newer server, and counts as not ended. */
export const hasEnded = (job: Job): boolean => ENDED.has(job.State?.StateType ?? '');
