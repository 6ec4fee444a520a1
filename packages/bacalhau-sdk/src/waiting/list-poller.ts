import { isUnreachable } from '../http/index.js';
import { pauseMs } from '../util/index.js';
import { RecentChanges } from './recent-changes.js';
import type { Waiter } from './waiter.js';
import { earliest, type Watch } from './watch.js';

/** Beside a list, one job is asked for by itself this often, the one that was not for the longest time. */
const DIRECT_EVERY_MS = 2_000;
/** Lists are looked at five times a second at most. */
const SHORTEST_PAUSE_MS = 200;

/** Only a whole id can be recognised in a list. */
const isWholeId = (id: string): boolean =>
  /^(j-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);

/** For the waiter: looks at many jobs by one list, where that costs less than asking for each. */
export class ListPoller {
  readonly #waiter: Waiter;
  /** Of each namespace. */
  readonly #changes = new Map<string | undefined, RecentChanges>();
  #lastDirectAt = 0;

  constructor(waiter: Waiter) {
    this.#waiter = waiter;
  }

  /** Looks for a job and others beside it, unless it is better asked for by itself. Returns as `lookAtJob` does. */
  lookFor(watch: Watch): Promise<number | undefined> | undefined {
    const together = this.#listable(watch.job.namespace);
    if (together.length < 2 || !together.includes(watch)) return undefined;
    const changes = this.#changesIn(watch.job.namespace);
    if (changes.costMs >= together.length * this.#waiter.getCost.ms) return undefined;
    return this.#look(changes, together);
  }

  /** The watches of a namespace that a list can answer for: an id finds a job of any namespace, a list does not. */
  #listable(namespace: string | undefined): Watch[] {
    return this.#waiter
      .watches()
      .filter(
        ({ job, last }) =>
          job.namespace === namespace &&
          isWholeId(job.jobId) &&
          (namespace === undefined || last === undefined || last.Namespace === namespace),
      );
  }

  #changesIn(namespace: string | undefined): RecentChanges {
    const known = this.#changes.get(namespace);
    if (known !== undefined) return known;
    const changes = new RecentChanges(async ({ limit, nextToken }) => {
      const asked = performance.now();
      const page = await this.#waiter.transport.call(
        {
          name: 'job.wait',
          safe: true,
          requiredField: 'Items',
          send: ({ jobs }, request) =>
            jobs.listJobs({ limit, orderBy: 'modified_at', reverse: true, namespace, nextToken }, request),
        },
        { timeoutMs: this.#waiter.requestTimeout.ms, maxRetries: 0 },
      );
      this.#waiter.requestTimeout.answered(performance.now() - asked);
      return page;
    });
    this.#changes.set(namespace, changes);
    return changes;
  }

  async #look(changes: RecentChanges, watches: readonly Watch[]): Promise<number | undefined> {
    const missing = new Map(watches.map((watch) => [watch.job.jobId, watch]));
    /** Those of which the list may not have told what there is. */
    const overlooked = (isWhole: boolean): Watch[] =>
      [...missing.values()].filter(({ last }) => !isWhole || last === undefined);
    let listMs: number;
    try {
      const { isWhole, workMs } = await changes.read({
        onJob: (job) => {
          const watch = missing.get(job.ID ?? '');
          if (watch === undefined) return;
          missing.delete(watch.job.jobId);
          this.#waiter.see(watch, job);
        },
        wantsMore: ({ isWhole, size }) => {
          // A job that has not changed is looked for once; if it is further back then, it is asked for by itself.
          const sought = overlooked(isWhole).filter(({ missedByList: isOverlooked }) => !isWhole || !isOverlooked);
          return changes.costMs < Math.min(sought.length, size) * this.#waiter.getCost.ms;
        },
      });
      for (const watch of overlooked(isWhole)) watch.missedByList = true;
      this.#waiter.reached(watches);
      listMs = workMs;
    } catch (error) {
      // Who may not list jobs may still be told of each of them.
      if (isUnreachable(error)) this.#waiter.failed(watches, error);
      else changes.refused();
      return undefined;
    }
    const now = performance.now();
    const youngest = now - Math.max(...watches.map(({ startedAt }) => startedAt));
    // Of many jobs some end sooner the more there are.
    const dueAt = now + pauseMs(youngest / Math.sqrt(watches.length), { shortestMs: SHORTEST_PAUSE_MS });
    for (const watch of watches) watch.dueAt = dueAt;
    // No longer than a page takes: what changes meanwhile is for the next list.
    const besideMs = await this.#lookBeside(watches, changes.costMs);
    return besideMs === undefined ? undefined : listMs + besideMs;
  }

  /**
   * Asks for jobs by themselves: for those that a list did not show, as many as fit into the given time, and now and
   * then for one of the others. Returns as `lookAtJob` does.
   */
  async #lookBeside(watches: readonly Watch[], forMs: number): Promise<number | undefined> {
    const end = performance.now() + forMs;
    let workMs = 0;
    do {
      const left = watches.filter((watch) => watch.listeners.size > 0);
      const watch =
        earliest(
          left.filter(({ missedByList: isOverlooked }) => isOverlooked),
          'askedAt',
        ) ?? this.#stalest(left);
      if (watch === undefined) break;
      const { dueAt } = watch;
      const work = await this.#waiter.pollJob(watch);
      if (work === undefined) return undefined;
      workMs += work;
      watch.dueAt = dueAt;
    } while (performance.now() < end);
    return workMs;
  }

  /** The one that was not asked for by itself for the longest time, if it is time for one again. */
  #stalest(watches: readonly Watch[]): Watch | undefined {
    const now = performance.now();
    if (now - this.#lastDirectAt < DIRECT_EVERY_MS) return undefined;
    this.#lastDirectAt = now;
    return earliest(watches, 'askedAt');
  }
}
