import type { Execution, Job } from 'bacalhau-apiclient';
import { isAtLeast, isDocker, phaseOf, type ServerRelease } from '../model/index.js';

/** What an execution's state means for its output. */
export interface ExecutionStatus {
  /** The node was told to run it, so there may be output. */
  readonly hasStarted: boolean;
  readonly hasEnded: boolean;
  /** It ended without having run. Asking for its log would block the node's other streams for a minute. */
  readonly hasNoLog: boolean;
}

/** How a node reports that a Docker execution failed before its container ran (pkg/executor/docker, 1.4 to 1.9). */
const CONTAINER_NEVER_RAN =
  /^(image not available|failed to start container|failed to create container|executable file not found)/;

export function statusOf({ ComputeState: state }: Execution, release: ServerRelease | undefined): ExecutionStatus {
  const phase = phaseOf(state?.StateType, release);
  const hasEnded = phase !== 'placing' && phase !== 'running';
  const hasNoLog = phase === 'rejected' || (hasEnded && CONTAINER_NEVER_RAN.test(state?.Message ?? ''));
  return { hasStarted: phase !== 'placing', hasEnded, hasNoLog };
}

/** Returns whether the server streams the job's output: from 1.8 on, only what Docker ran is recorded. */
export const isStreamed = (job: Job | undefined, release: ServerRelease | undefined): boolean =>
  (job !== undefined && isDocker(job)) || rewritesEndedLogs(release);

/** Before 1.8 the log of an ended execution is made of the copy in its state, so its frames are not those of the stream. */
export const rewritesEndedLogs = (release: ServerRelease | undefined): boolean => !isAtLeast(release, '1.8.0');
