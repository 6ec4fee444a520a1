import type { Job } from 'bacalhau-apiclient';

/**
 * Tells how long ago jobs changed. Servers date changes by their own clock, of which nothing is known but these dates: a
 * change may be older than this says, but not younger, unless that clock was set back.
 */
export class ChangeClock {
  /** By how much the server's clock is ahead of `performance.now()`, at least. */
  #aheadMs = Number.NEGATIVE_INFINITY;

  /** Records a job as it was observed just now. */
  observe(job: Job): void {
    const changedAtMs = modifyTimeMs(job);
    if (changedAtMs !== undefined) this.#aheadMs = Math.max(this.#aheadMs, changedAtMs - performance.now());
  }

  /** Returns the age of an observed job's latest change in milliseconds; undefined if the server does not date it. */
  ageMs(job: Job): number | undefined {
    const changedAtMs = modifyTimeMs(job);
    return changedAtMs === undefined ? undefined : performance.now() + this.#aheadMs - changedAtMs;
  }
}

const modifyTimeMs = ({ ModifyTime }: Job): number | undefined =>
  Number.isFinite(ModifyTime) ? Number(ModifyTime) / 1e6 : undefined;
