import type { Job } from 'bacalhau-apiclient';
import { waitPolicy } from '../../http/index.js';
import { pauseMs } from '../../util/index.js';
import { type AwaitedJob, earliest, FEWEST_LISTED } from '../awaited-job.js';
import { type JobPage, type PageRequest, RecentChanges } from './recent-changes.js';

/** Besides a list, one job is polled alone this often: the one for which this is longest ago. */
const DIRECT_EVERY_MS = 2_000;
/** After a list that failed, each job is polled alone for so long. */
const AFTER_FAILURE_MS = 10_000;
/** Lists are polled five times a second at most. */
const SHORTEST_PAUSE_MS = 200;

/** Recognizes a whole id, which is what lists contain. */
const isWholeId = (id: string): boolean =>
  /^(j-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);

/** What polling by list needs of the loop that it is a part of. */
export interface PollingLoop {
  /** All jobs that are waited for. */
  awaitedJobs(): AwaitedJob[];
  /** What requesting one job costs, in milliseconds of the server's time. */
  readonly jobCostMs: number;
  listPage(namespace: string | undefined, page: PageRequest): Promise<JobPage>;
  /** Polls a single job. Resolves with the server's work in milliseconds; undefined if it failed. */
  pollJob(awaited: AwaitedJob): Promise<number | undefined>;
  update(awaited: AwaitedJob, job: Job): void;
  serverAnswered(awaited: readonly AwaitedJob[]): void;
  pollFailed(awaited: readonly AwaitedJob[], error: unknown): void;
}

/** Polls many jobs by one list, where that costs less than requesting each. */
export class ListPoller {
  readonly #loop: PollingLoop;
  readonly #changesByNamespace = new Map<string | undefined, RecentChanges>();
  #lastDirectAt = 0;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(loop: PollingLoop) {
    this.#loop = loop;
  }

  /** Polls a job together with others, unless it is cheaper to poll it alone. Resolves as `pollJob` does. */
  poll(awaited: AwaitedJob): Promise<number | undefined> | undefined {
    const { namespace } = awaited.reference;
    const together = this.#listable(namespace);
    if (together.length < FEWEST_LISTED || !together.includes(awaited)) return undefined;
    // The server may have been out of reach, or it may only be unable to list.
    if (performance.now() - this.#failedAt < AFTER_FAILURE_MS) return undefined;
    const changes = this.#changesIn(namespace);
    if (changes.costMs >= together.length * this.#loop.jobCostMs) return undefined;
    return this.#pollList(changes, together);
  }

  /** Returns the jobs of a namespace that a list can show: an id finds a job of any namespace, a list does not. */
  #listable(namespace: string | undefined): AwaitedJob[] {
    return this.#loop
      .awaitedJobs()
      .filter(
        ({ reference, job }) =>
          reference.namespace === namespace &&
          isWholeId(reference.jobId) &&
          (namespace === undefined || job === undefined || job.Namespace === namespace),
      );
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
          return changes.costMs < Math.min(sought.length, soFar.pageSize) * this.#loop.jobCostMs;
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
    for (const one of awaited) one.dueAt = dueAt;
    // No longer than a page takes: what changes meanwhile is for the next list.
    const directMs = await this.#pollBeside(awaited, changes.costMs);
    return directMs === undefined ? undefined : listMs + directMs;
  }

  /**
   * Polls jobs by themselves: those that a list did not show, as many as fit into the given time, and now and then one
   * of the others. Resolves as `pollJob` does.
   */
  async #pollBeside(awaited: readonly AwaitedJob[], forMs: number): Promise<number | undefined> {
    const end = performance.now() + forMs;
    let workMs = 0;
    do {
      const remaining = awaited.filter(({ listeners }) => listeners.size > 0);
      const missed = remaining.filter(({ missedByList }) => missedByList);
      const next = earliest(missed, 'polledAt') ?? this.#stalest(remaining);
      if (next === undefined) break;
      const { dueAt } = next;
      const work = await this.#loop.pollJob(next);
      if (work === undefined) return undefined;
      workMs += work;
      next.dueAt = dueAt;
    } while (performance.now() < end);
    return workMs;
  }

  /** Returns the job that was not polled alone for the longest time, if one is due. */
  #stalest(awaited: readonly AwaitedJob[]): AwaitedJob | undefined {
    const now = performance.now();
    if (now - this.#lastDirectAt < DIRECT_EVERY_MS) return undefined;
    this.#lastDirectAt = now;
    return earliest(awaited, 'polledAt');
  }
}
