import type { Execution, Job } from 'bacalhau-apiclient';
import type { ServerRelease } from '../model/index.js';
import { hasEnded, phaseOf } from '../model/index.js';

/**
 * Returns whether all executions that a job needs have completed, although the job does not end. A server that is killed
 * between the end of the last execution and the end of the job does not resume it when it is started: the job keeps its
 * state for ever (seen on 1.9.3). Only meaningful for jobs that have not changed for a while.
 */
export function isForgotten(job: Job, executions: readonly Execution[], release: ServerRelease | undefined): boolean {
  if (hasEnded(job) || (job.Type !== 'batch' && job.Type !== 'ops')) return false;
  const phases = executions
    .filter(({ JobVersion }) => JobVersion === undefined || JobVersion === job.Version)
    .map((execution) => phaseOf(execution, release));
  // One node on which it failed fails the whole job, as soon as the server processes that.
  if (job.Type === 'ops' && phases.includes('failed')) return false;
  const completed = phases.filter((phase) => phase === 'completed').length;
  return (
    completed >= Math.max(1, job.Count ?? 1) && !phases.some((phase) => phase === 'placing' || phase === 'running')
  );
}

/** Returns the job as the server would have it, had it not been killed. */
export const asCompleted = (job: Job): Job => ({
  ...job,
  State: {
    ...job.State,
    StateType: 'Completed',
    Message: 'All executions have completed; the server did not take note of it.',
  },
});
