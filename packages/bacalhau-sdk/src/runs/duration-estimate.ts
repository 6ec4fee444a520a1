import type { Job } from 'bacalhau-apiclient';

/** How many of the latest jobs count. */
const JOBS = 15;
/** A job is looked at after this time at the latest, in milliseconds: it may fail long before others are done. */
const LONGEST_MS = 1_000;

/** How long the jobs of a fan-out take, as far as it is worth to leave the server alone meanwhile. */
export class DurationEstimate {
  readonly #latest: number[] = [];

  /** The median of the latest ones, in milliseconds; 0 before the first. */
  get ms(): number {
    const sorted = [...this.#latest].sort((one, other) => one - other);
    return Math.min(LONGEST_MS, sorted[Math.floor(sorted.length / 2)] ?? 0);
  }

  /** @param job a job that has completed. Servers date its creation and last change in nanoseconds. */
  record({ CreateTime = 0, ModifyTime = 0 }: Job): void {
    this.#latest.unshift(Math.max(0, (ModifyTime - CreateTime) / 1e6));
    this.#latest.length = Math.min(this.#latest.length, JOBS);
  }
}
