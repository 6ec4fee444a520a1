import { JobFailedError } from '../errors/index.js';

/**
 * What the scheduler says of nodes that cannot run a job however idle they are (pkg/orchestrator/selection/ranking, 1.9.3).
 * All else, a busy node above all, may be otherwise a moment later.
 */
const UNSUITABLE = [/don't match required selectors/, /^job requires more /, /^does not support /];

/** Why the scheduler found not enough nodes for a job. */
export interface PlacementFailure {
  /** Whether the server told of each node that it cannot run the job however idle it is. */
  readonly isImpossible: boolean;
}

/** Returns what the message of a failed job says of the nodes; undefined if it failed for another reason. */
export function placementFailure(message: string | undefined): PlacementFailure | undefined {
  if (message === undefined || !/^not enough nodes to run job/.test(message)) return undefined;
  const reasons = message
    .split('\n• ')
    .slice(1)
    .map((line) => line.slice(line.indexOf(': ') + 2));
  return {
    isImpossible:
      reasons.length > 0 && reasons.every((reason) => UNSUITABLE.some((unsuitable) => unsuitable.test(reason))),
  };
}

/** Whether a job failed because nodes that can run it had no room for it, or because none was there. */
export const isWantOfRoom = (error: unknown): boolean =>
  error instanceof JobFailedError &&
  error.executions.length === 0 &&
  placementFailure(error.job.State?.Message)?.isImpossible === false;
