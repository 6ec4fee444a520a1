import type { JobState } from 'bacalhau-apiclient/legacy';
import { runsOf } from './runs.js';

/** How many runs a job needs to be complete. */
export interface Plan {
  /** Into how many parts it was split. */
  readonly shards: number;
  /** How many nodes run each part. */
  readonly concurrency: number;
}

export type Progress = 'running' | 'completed' | 'failed' | 'cancelled';

/** How far a job is. Servers up to 0.3.19 only tell it of each node, so the job's plan says how many of them count. */
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
      // New, InProgress, Queued, PartialError, and what only a newer server knows.
      return 'running';
  }
}

function progressOfNodes(state: JobState, { shards, concurrency }: Plan): Progress {
  const runs = runsOf(state);
  const progress = Array.from({ length: shards }, (_, shard) => {
    const states = runs.filter((run) => run.shard === shard).map((run) => run.state);
    const count = (wanted: string) => states.filter((found) => found === wanted).length;
    if (count('Completed') >= concurrency) return 'completed';
    // A node whose bid lost is Cancelled, too, so that says nothing; and a node that may still win must have its chance.
    const open = states.length - count('Cancelled') - count('Error');
    return count('Error') > 0 && open < concurrency ? 'failed' : 'running';
  });
  if (progress.includes('failed')) return 'failed';
  return progress.includes('running') ? 'running' : 'completed';
}
