import type { Execution, Job } from 'bacalhau-apiclient';
import type { RunPart } from '../http/index.js';
import type { JobIdentity } from '../spec/index.js';

/** Fewer jobs are polled one by one: they cost the server little, and their end is seen sooner than at the pace of lists. */
export const MANY_JOBS = 10;

/** A job by id or name, and its namespace. */
export interface JobReference {
  readonly jobId: string;
  readonly namespace: string | undefined;
}

/** A job to be waited for. */
export interface JobToAwait extends JobReference {
  /** By what it is recognised, if its id is known from the answer to its submission only. */
  readonly identity?: JobIdentity | undefined;
  /** When its end is to be expected, in milliseconds from now: it is not polled before. Default: 0. */
  readonly expectedMs?: number | undefined;
  /** Whether its executions are wanted too. */
  readonly withExecutions?: boolean;
}

/** A job that has ended. */
export interface EndedJob {
  readonly job: Job;
  /** Its executions, if they were wanted and came along with it. */
  readonly executions: readonly Execution[] | undefined;
}

/** One of the waits for a job. */
export interface WaitListener {
  readonly onUpdate: ((job: Job) => void) | undefined;
  readonly unreachableAfterMs: number;
  /** By what the job is recognised, if its id may be another one's. */
  readonly identity: JobIdentity | undefined;
  readonly withExecutions: boolean;
  /** Runs polls as parts of this wait, for those who observe it. */
  readonly runPart: RunPart;
  readonly resolve: (ended: EndedJob) => void;
  readonly reject: (error: unknown) => void;
}

/** A job that is polled until it has ended, for all who wait for it. */
export interface AwaitedJob {
  readonly reference: JobReference;
  readonly listeners: Set<WaitListener>;
  readonly startedAt: number;
  /** When the next poll is due. */
  dueAt: number;
  /** When it was polled last, by itself or by a list. */
  polledAt: number;
  /** When it was polled last by itself. */
  requestedAt: number;
  /** When it was requested last with its executions. */
  executionsPolledAt: number;
  /** Whether a list may have left out a change of it. */
  missedByList: boolean;
  /** Since when its polls by itself have failed. */
  unreachableSince: number | undefined;
  /** Identifies the state that was observed last. */
  observed: string | undefined;
  /** When the last change was observed. */
  changedAt: number;
  /** As it was observed last. */
  job: Job | undefined;
}

/** Runs a poll as a part of a wait for the job: the loop may have been started for another wait, which has ended since. */
export function asPartOfWait<T>(
  { listeners: [listener] }: { readonly listeners: Iterable<WaitListener> },
  poll: () => Promise<T>,
): Promise<T> {
  return listener === undefined ? poll() : listener.runPart(poll);
}

/** Returns the job that is due first. */
export function firstDue(jobs: readonly AwaitedJob[]): AwaitedJob | undefined {
  return jobs.reduce<AwaitedJob | undefined>(
    (one, other) => (one && one.dueAt <= other.dueAt ? one : other),
    undefined,
  );
}
