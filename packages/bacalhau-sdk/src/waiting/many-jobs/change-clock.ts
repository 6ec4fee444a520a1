import type { AwaitedJob } from '../awaited-job.js';

/**
 * Tells how long ago jobs changed. Servers date changes by their own clock, of which nothing is known but these dates: a
 * change may be older than this says, but not younger, unless that clock was set back.
 */
export class ChangeClock {
  /** By how much the server's clock is ahead of `performance.now()`, at least. */
  #aheadMs = Number.NEGATIVE_INFINITY;

  /** Takes account of the changes that were observed of some jobs. */
  observe(jobs: Iterable<AwaitedJob>): void {
    for (const awaited of jobs) {
      const modifiedMs = modifiedMsOf(awaited);
      if (modifiedMs !== undefined) this.#aheadMs = Math.max(this.#aheadMs, modifiedMs - awaited.changedAt);
    }
  }

  /** Returns how long ago a job changed, in milliseconds; how long it has been waited for, if it was not observed yet. */
  ageMs(awaited: AwaitedJob, now: number): number {
    if (awaited.job === undefined) return now - awaited.startedAt;
    const modifiedMs = modifiedMsOf(awaited);
    return modifiedMs === undefined ? now - awaited.changedAt : now + this.#aheadMs - modifiedMs;
  }
}

const modifiedMsOf = ({ job }: AwaitedJob): number | undefined =>
  Number.isFinite(job?.ModifyTime) ? Number(job?.ModifyTime) / 1e6 : undefined;
