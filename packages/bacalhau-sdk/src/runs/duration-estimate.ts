import type { Job } from 'bacalhau-apiclient';

/** How many of the latest jobs count. */
const JOBS = 40;
/** How many of them have ended when a job is polled: the more, the fewer polls it takes, and the later its end is seen. */
const QUANTILE = 0.7;
/** A job is looked at after this time at the latest, in milliseconds: it may fail long before others are done. */
const LONGEST_MS = 1_000;

/** How long the jobs of a fan-out take, as far as it is worth to leave the server alone meanwhile. */
export class DurationEstimate {
  readonly #latest: number[] = [];

  /**
   * Returns when a job that has not ended for so long should be polled, in milliseconds from now: when most of the latest
   * ones that took longer than that had ended. 0 if none did.
   */
  remainingMs(elapsedMs: number): number {
    const longer = this.#latest.filter((ms) => ms > elapsedMs).sort((one, other) => one - other);
    const ms = longer[Math.floor(longer.length * QUANTILE)] ?? elapsedMs;
    return Math.min(LONGEST_MS, ms - elapsedMs);
  }

  /** @param job a job that has completed. Servers date its creation and last change in nanoseconds. */
  record({ CreateTime = 0, ModifyTime = 0 }: Job): void {
    this.#latest.unshift(Math.max(0, (ModifyTime - CreateTime) / 1e6));
    this.#latest.length = Math.min(this.#latest.length, JOBS);
  }
}
