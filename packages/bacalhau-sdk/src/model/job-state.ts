import { type Job, JobStateType } from 'bacalhau-apiclient';

const ENDED: ReadonlySet<string> = new Set([JobStateType.Completed, JobStateType.Failed, JobStateType.Stopped]);

/** States that a newer server may send and that are not known here count as not ended. */
export const hasEnded = (job: Job): boolean => ENDED.has(job.State?.StateType ?? '');
