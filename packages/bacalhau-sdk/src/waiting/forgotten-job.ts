import type { Execution, Job } from 'bacalhau-apiclient';
import type { ServerRelease } from '../model/index.js';
import { hasEnded, phaseOf } from '../model/index.js';

/**
 * Whether all that the job had to do is done, although it does not end. A server that is killed in the moment between
 * the end of the last execution and the end of the job does not take it up again when it is started: the job stays in
 * its state for ever (seen on 1.9.3). To be asked of jobs of which nothing was heard for a while.
 */
export function isForgotten(job: Job, executions: readonly Execution[], release: ServerRelease | undefined): boolean {
  if (hasEnded(job) || (job.Type !== 'batch' && job.Type !== 'ops')) return false;
  const phases = executions
    .filter(({ JobVersion }) => JobVersion === undefined || JobVersion === job.Version)
    .map(({ ComputeState }) => phaseOf(ComputeState.StateType, release));
  // One node on which it failed fails the whole, as soon as the server gets to that.
  if (job.Type === 'ops' && phases.includes('failed')) return false;
  const completed = phases.filter((phase) => phase === 'completed').length;
  return (
    completed >= Math.max(1, job.Count ?? 1) && !phases.some((phase) => phase === 'placing' || phase === 'running')
  );
}

/** The job as the server would have it, had it not been killed. */
export const asCompleted = (job: Job): Job => ({
  ...job,
  State: {
    ...job.State,
    StateType: 'Completed',
    Message: 'All executions have completed; the server did not take note of it.',
  },
});
