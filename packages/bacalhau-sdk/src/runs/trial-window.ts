/** How long a job that was refused is not followed by another, in milliseconds: by then nodes have told their room again. */
const PAUSE_MS = 15_000;
const FIRST = 3;
const MOST = 100;

/** The window of a fan-out that cannot see what nodes have: grows with the jobs that end, and halves when one is refused. */
export class TrialWindow {
  #size = FIRST;
  #closedUntil = 0;

  get size(): number {
    return Math.floor(this.#size);
  }

  /** Whether another job may be submitted beside those that run. */
  fits(running: number): boolean {
    return this.#isOpen && running < this.size;
  }

  get #isOpen(): boolean {
    return performance.now() >= this.#closedUntil;
  }

  ended(): void {
    this.#size = Math.min(MOST, this.#size + 1 / this.#size);
  }

  /** One was queued, or failed for want of room. */
  refused(): void {
    // Several are refused for the same reason.
    if (this.#isOpen) this.#size = Math.max(1, this.#size / 2);
    this.#closedUntil = performance.now() + PAUSE_MS;
  }

  /** One that was queued has started: there is room again. */
  placed(): void {
    this.#closedUntil = 0;
  }
}
