import type { JobState } from 'bacalhau-apiclient/legacy';
import { runsOf } from './runs.js';

/** How many runs a job needs to be complete. */
export interface Plan {
  /** The number of shards it was split into. */
  readonly shards: number;
  /** The number of nodes that run each shard. */
  readonly concurrency: number;
}

export type Progress = 'running' | 'completed' | 'failed' | 'cancelled';

/** Returns the progress of a job. Servers up to 0.3.19 report it only for each node, so the plan says how many must complete. */
export function progressOf(state: JobState, plan: Plan): Progress {
  switch (state.State) {
    case 'Completed':
    case 'CompletedPartially':
      return 'completed';
    case 'Error':
      return 'failed';
    case 'Cancelled':
      return 'cancelled';
    case undefined:
      return progressOfNodes(state, plan);
    default:
      // New, InProgress, Queued, PartialError, and unknown states.
      return 'running';
  }
}

function progressOfNodes(state: JobState, { shards, concurrency }: Plan): Progress {
  const runs = runsOf(state);
  const progress = Array.from({ length: shards }, (_, shard) => {
    const states = runs.filter((run) => run.shard === shard).map((run) => run.state);
    const count = (wanted: string) => states.filter((found) => found === wanted).length;
    if (count('Completed') >= concurrency) return 'completed';
    // A node whose bid lost is Cancelled, too, so that means nothing; and a node whose bid is open may still run it.
    const open = states.length - count('Cancelled') - count('Error');
    return count('Error') > 0 && open < concurrency ? 'failed' : 'running';
  });
  if (progress.includes('failed')) return 'failed';
  return progress.includes('running') ? 'running' : 'completed';
}
