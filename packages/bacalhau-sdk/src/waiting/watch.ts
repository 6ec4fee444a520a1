import type { Job } from 'bacalhau-apiclient';

/** A job by id or name, and where. */
export interface JobReference {
  readonly jobId: string;
  readonly namespace: string | undefined;
}

/** A wait's share in the watch of its job. */
export interface Listener {
  readonly onUpdate: ((job: Job) => void) | undefined;
  readonly unreachableAfterMs: number;
  readonly resolve: (job: Job) => void;
  readonly reject: (error: unknown) => void;
}

/** A job that somebody waits for. */
export interface Watch {
  readonly job: JobReference;
  readonly listeners: Set<Listener>;
  readonly startedAt: number;
  dueAt: number;
  /** When the job itself was asked for last, and when with its executions. */
  askedAt: number;
  executionsAskedAt: number;
  /** Whether a list may have kept back what there is of it. */
  missedByList: boolean;
  /** Since when the server has not answered. */
  unreachableSince: number | undefined;
  seen: string | undefined;
  /** When the last change was seen. */
  changedAt: number;
  last: Job | undefined;
}

/** The one with the earliest of such times; the first of several. */
export function earliest(watches: readonly Watch[], time: 'dueAt' | 'askedAt'): Watch | undefined {
  return watches.reduce<Watch | undefined>((one, other) => (one && one[time] <= other[time] ? one : other), undefined);
}
