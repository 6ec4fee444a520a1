import type { Execution, Job } from 'bacalhau-apiclient';
import { isAtLeast, isDocker, phaseOf, type ServerRelease } from '../model/index.js';

/** What an execution's state means for its output. */
export interface Stage {
  /** The node was told to run it, so that there may be output. */
  readonly started: boolean;
  readonly ended: boolean;
  /** It ended without having run: there is no log, and asking for it would block the node's others for a minute. */
  readonly neverRan: boolean;
}

/** How a node words that a Docker execution failed before its container ran (pkg/executor/docker, 1.4 to 1.9). */
const NOT_STARTED =
  /^(image not available|failed to start container|failed to create container|executable file not found)/;

export function stageOf({ ComputeState: state }: Execution, release: ServerRelease | undefined): Stage {
  const phase = phaseOf(state?.StateType, release);
  const ended = phase !== 'placing' && phase !== 'running';
  const neverRan = phase === 'rejected' || (ended && NOT_STARTED.test(state?.Message ?? ''));
  return { started: phase !== 'placing', ended, neverRan };
}

/** Whether the server has a stream for the job: from 1.8 on, only what Docker ran is recorded. */
export const isStreamed = (job: Job | undefined, release: ServerRelease | undefined): boolean =>
  (job !== undefined && isDocker(job)) || !isAtLeast(release, '1.8.0');
