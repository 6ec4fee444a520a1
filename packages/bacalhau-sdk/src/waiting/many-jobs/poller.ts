import type { Job } from 'bacalhau-apiclient';
import { waitPolicy } from '../../http/index.js';
import { pauseMs } from '../../util/index.js';
import { type AwaitedJob, MANY_JOBS } from '../awaited-job.js';
import { ChangeClock } from './change-clock.js';
import { byUrgency, cheapestPoll } from './poll-choice.js';
import { type JobPage, type PageRequest, RecentChanges } from './recent-changes.js';

/** How many jobs are polled at once: servers have several cores, and work on one request while another one travels. */
const POLLED_AT_ONCE = 4;
/** A queued job has to be placed on a node before it can end, so it is polled as if it had changed so many times as long ago. */
const QUEUED_FACTOR = 10;
/** Besides lists, some jobs are requested this often: those for which this is longest ago. */
const REQUESTED_EVERY_MS = 4_000;
/** After a list that failed, each job is polled by itself for so long. */
const AFTER_FAILURE_MS = 10_000;
/** Lists are polled five times a second at most. */
const SHORTEST_PAUSE_MS = 200;
/** A large page costs this many times as much as a small one: what servers read and sort for both, they also write. */
const LARGE_PAGE_FACTOR = 2;

/** Recognizes a whole id, which is what lists contain. */
const isWholeId = (id: string): boolean =>
  /^(j-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);

/** What polling many jobs needs of the loop that it is a part of. */
export interface PollingLoop {
  /** All jobs that are waited for. */
  awaitedJobs(): AwaitedJob[];
  /** What requesting one job costs, in milliseconds of the server's time. */
  readonly jobCostMs: number;
  listPage(namespace: string | undefined, page: PageRequest): Promise<JobPage>;
  /** Polls some jobs, each by itself. Resolves with the server's work in milliseconds; undefined if one failed. */
  pollJobs(awaited: readonly AwaitedJob[]): Promise<number | undefined>;
  update(awaited: AwaitedJob, job: Job): void;
  serverAnswered(awaited: readonly AwaitedJob[]): void;
  pollFailed(awaited: readonly AwaitedJob[], error: unknown): void;
}

/** Polls many jobs by one list, or those by themselves that are the most likely to have changed: whichever costs less. */
export class ManyJobsPoller {
  readonly #loop: PollingLoop;
  readonly #clock = new ChangeClock();
  readonly #changesByNamespace = new Map<string | undefined, RecentChanges>();
  /** How long their texts were when they were looked at, which takes time where they are large. */
  readonly #sizes = new WeakMap<AwaitedJob, number>();
  #lastRequestedAt = 0;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(loop: PollingLoop) {
    this.#loop = loop;
  }

  /** Polls jobs that are due, if there are many. Resolves as `pollJobs` does. */
  poll(): Promise<number | undefined> | undefined {
    const now = performance.now();
    const awaited = this.#loop.awaitedJobs();
    if (awaited.length < MANY_JOBS) return undefined;
    this.#clock.observe(awaited);
    const ageMs = (one: AwaitedJob): number =>
      this.#clock.ageMs(one, now) * (one.job?.State?.StateType === 'Queued' ? QUEUED_FACTOR : 1);
    const due = byUrgency(
      awaited.filter(({ dueAt }) => dueAt <= now),
      { now, ageMs },
    );
    const [first] = due;
    if (first === undefined) return undefined;
    const together = listable(awaited, first.reference.namespace);
    // After a failure the server may be out of reach, or it may only be unable to list.
    if (together.length >= MANY_JOBS && together.includes(first) && now - this.#failedAt >= AFTER_FAILURE_MS) {
      const changes = this.#changesIn(first.reference.namespace);
      const known = together.filter(({ job }) => job !== undefined);
      const cheapest = cheapestPoll({
        listMs: changes.costMs ?? presumedListMs(together.length, this.#sizeOf(known[0]), this.#loop.jobCostMs),
        jobMs: this.#loop.jobCostMs,
        agesMs: known.map(ageMs),
        unknown: Math.min(together.length - known.length, changes.pageSize),
      });
      if (cheapest === 'list') return this.#pollList(changes, together);
    }
    return this.#loop.pollJobs(due.slice(0, POLLED_AT_ONCE));
  }

  #sizeOf(awaited: AwaitedJob | undefined): number {
    if (awaited === undefined) return 0;
    const size = this.#sizes.get(awaited) ?? JSON.stringify(awaited.job).length;
    this.#sizes.set(awaited, size);
    return size;
  }

  #changesIn(namespace: string | undefined): RecentChanges {
    const known = this.#changesByNamespace.get(namespace);
    if (known !== undefined) return known;
    const changes = new RecentChanges((page) => this.#loop.listPage(namespace, page));
    this.#changesByNamespace.set(namespace, changes);
    return changes;
  }

  async #pollList(changes: RecentChanges, awaited: readonly AwaitedJob[]): Promise<number | undefined> {
    const missing = new Map(awaited.map((one) => [one.reference.jobId, one]));
    /** Returns the jobs whose state may differ from the list. */
    const unseen = (isComplete: boolean): AwaitedJob[] =>
      [...missing.values()].filter(({ job }) => !isComplete || job === undefined);
    let listMs: number;
    try {
      const { isComplete, workMs } = await changes.read({
        onJob: (job) => {
          const found = missing.get(job.ID ?? '');
          if (found === undefined) return;
          missing.delete(found.reference.jobId);
          this.#loop.update(found, job);
        },
        wantsMore: (soFar) => {
          // A job that has not changed is looked for once; if it is further down the list then, it is polled alone.
          const sought = unseen(soFar.isComplete).filter(({ missedByList }) => !soFar.isComplete || !missedByList);
          return soFar.pageMs * LARGE_PAGE_FACTOR < Math.min(sought.length, soFar.pageSize) * this.#loop.jobCostMs;
        },
      });
      for (const one of unseen(isComplete)) one.missedByList = true;
      this.#loop.serverAnswered(awaited);
      listMs = workMs;
    } catch (error) {
      // Who may not list jobs may still be allowed to request each of them.
      this.#failedAt = performance.now();
      if (waitPolicy.isRetryable(error)) this.#loop.pollFailed(awaited, error);
      else changes.refused();
      return undefined;
    }
    const now = performance.now();
    const youngest = now - Math.max(...awaited.map(({ startedAt }) => startedAt));
    // The more jobs there are, the sooner one of them ends.
    const dueAt = now + pauseMs(youngest / Math.sqrt(awaited.length), { shortestMs: SHORTEST_PAUSE_MS });
    for (const one of awaited) {
      one.dueAt = dueAt;
      if (!one.missedByList) one.polledAt = now;
    }
    // No longer than a page takes: what changes meanwhile is for the next list.
    const besideMs = await this.#pollBeside(awaited, { dueAt, forMs: changes.costMs ?? listMs });
    return besideMs === undefined ? undefined : listMs + besideMs;
  }

  /**
   * Polls jobs by themselves: those that a list did not show, as many as fit into the given time, and now and then some
   * of the others. Resolves as `pollJobs` does.
   */
  async #pollBeside(
    awaited: readonly AwaitedJob[],
    { dueAt, forMs }: { readonly dueAt: number; readonly forMs: number },
  ): Promise<number | undefined> {
    const end = performance.now() + forMs;
    let workMs = 0;
    do {
      const remaining = awaited.filter(({ listeners }) => listeners.size > 0);
      const missed = remaining.filter(({ missedByList }) => missedByList);
      const next = missed.length > 0 ? longestUnrequested(missed) : this.#occasional(remaining);
      if (next.length === 0) break;
      const work = await this.#loop.pollJobs(next);
      if (work === undefined) return undefined;
      workMs += work;
      for (const one of next) one.dueAt = dueAt;
    } while (performance.now() < end);
    return workMs;
  }

  /** Returns the jobs that were not requested for the longest time, if it is time for some. */
  #occasional(awaited: readonly AwaitedJob[]): AwaitedJob[] {
    const now = performance.now();
    if (now - this.#lastRequestedAt < REQUESTED_EVERY_MS) return [];
    this.#lastRequestedAt = now;
    return longestUnrequested(awaited);
  }
}

/** Returns the jobs of a namespace that a list can show: an id finds a job of any namespace, a list does not. */
const listable = (awaited: readonly AwaitedJob[], namespace: string | undefined): AwaitedJob[] =>
  awaited.filter(
    ({ reference, job }) =>
      reference.namespace === namespace &&
      isWholeId(reference.jobId) &&
      (namespace === undefined || job === undefined || job.Namespace === namespace),
  );

/** Returns the jobs that were not requested for the longest time, as many as are polled at once. */
const longestUnrequested = (awaited: readonly AwaitedJob[]): AwaitedJob[] =>
  [...awaited].sort((one, other) => one.requestedAt - other.requestedAt).slice(0, POLLED_AT_ONCE);

/** What is presumed of a server that has nothing else to do, in milliseconds: what a request takes in any case, */
const REQUEST_MS = 0.6;
/** and what each byte of a job takes that it decodes. */
const BYTE_MS = 15e-6;

/** Presumes what a list costs that was not read yet, from the size of a job of it and from what requesting one costs now. */
function presumedListMs(count: number, jobBytes: number, jobMs: number): number {
  const decodingMs = BYTE_MS * jobBytes;
  return (10 + count * decodingMs) * Math.max(1, jobMs / (REQUEST_MS + decodingMs));
}
