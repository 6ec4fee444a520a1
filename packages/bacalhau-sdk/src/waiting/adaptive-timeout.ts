/** A server gives up what it cannot do within this. */
const LONGEST_MS = 30_000;
const SHORTEST_MS = 5_000;

/**
 * How long an answer may take before it counts as lost: long enough for a slow server, short enough that a dead
 * connection, over which no answer will ever come, does not delay all waits.
 */
export class AdaptiveTimeout {
  #ms = SHORTEST_MS;
  #extendedAt = Number.NEGATIVE_INFINITY;

  get ms(): number {
    return this.#ms;
  }

  answered(tookMs: number): void {
    this.#ms = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, tookMs * 4));
  }

  timedOut(): void {
    const now = performance.now();
    // Requests that were sent at once time out at once, and that says the same.
    if (now - this.#extendedAt < this.#ms) return;
    this.#extendedAt = now;
    this.#ms = Math.min(LONGEST_MS, this.#ms * 2);
  }
}
