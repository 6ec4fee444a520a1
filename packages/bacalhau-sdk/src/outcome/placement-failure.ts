import { JobFailedError } from '../errors/index.js';

/**
 * What the scheduler says of nodes that cannot run a job however idle they are (pkg/orchestrator/selection/ranking, 1.9.3).
 * All else, a busy node above all, may be otherwise a moment later.
 */
const UNSUITABLE = [/don't match required selectors/, /^job requires more /, /^does not support /];

/**
 * Why the scheduler found not enough nodes for a job: `impossible` if the server told of each node that it cannot run the
 * job however idle it is, `busy` if it told something else of one, `unknown` if it told of none.
 */
export type PlacementFailure = 'impossible' | 'busy' | 'unknown';

/** Returns what the message of a failed job says of the nodes; undefined if it failed for another reason. */
export function placementFailure(message: string | undefined): PlacementFailure | undefined {
  if (message === undefined || !/^not enough nodes to run job/.test(message)) return undefined;
  const reasons = message
    .split('\n• ')
    .slice(1)
    .map((line) => line.slice(line.indexOf(': ') + 2));
  if (reasons.length === 0) return 'unknown';
  const isImpossible = reasons.every((reason) => UNSUITABLE.some((unsuitable) => unsuitable.test(reason)));
  return isImpossible ? 'impossible' : 'busy';
}

/** Returns why a job found no node, if it failed for that. */
export const placementFailureOf = (error: unknown): PlacementFailure | undefined =>
  error instanceof JobFailedError && error.executions.length === 0
    ? placementFailure(error.job.State?.Message)
    : undefined;
