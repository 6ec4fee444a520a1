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
  /^(execution error: )?(image not available|failed to (start|create) container|executable file not found)/;

export function statusOf(execution: Execution, release: ServerRelease | undefined): ExecutionStatus {
  const phase = phaseOf(execution, release);
  const hasEnded = phase !== 'placing' && phase !== 'running';
  const hasNoLog =
    phase === 'rejected' || (hasEnded && CONTAINER_NEVER_RAN.test(execution.ComputeState?.Message ?? ''));
  return { hasStarted: phase !== 'placing', hasEnded, hasNoLog };
}

/**
 * Returns whether the job's output is streamed: only what Docker runs. Of WebAssembly, servers before 1.8 stream every second write
 * and text that is none of the program's, later ones nothing (seen on 1.4.0, 1.6.0, 1.9.3). A request for a log that reaches
 * 1.4.0 while the container is being removed ends the whole server: six of six times for programs that end at once.
 */
export const isStreamed = (job: Job | undefined, release: ServerRelease | undefined): boolean =>
  job !== undefined && isDocker(job) && isAtLeast(release, '1.5.0');

/**
 * Before 1.8 a log comes from the container, not from a file of the node: a snapshot lacks its last chunk, and the log of an
 * ended execution is made of the copy in its state, so its frames are not those of the stream.
 */
export const rewritesEndedLogs = (release: ServerRelease | undefined): boolean => !isAtLeast(release, '1.8.0');
