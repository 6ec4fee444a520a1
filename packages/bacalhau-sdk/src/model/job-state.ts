import { type Job, JobStateType } from 'bacalhau-apiclient';

const ENDED: ReadonlySet<string> = new Set([JobStateType.Completed, JobStateType.Failed, JobStateType.Stopped]);

/** Whether a job has ended. A state that is not known here is a newer server's, and counts as not ended. */
export const hasEnded = (job: Job): boolean => ENDED.has(job.State?.StateType ?? '');
