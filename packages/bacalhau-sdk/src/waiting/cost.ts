/** Beyond this, in milliseconds, the server is not left alone longer than it worked. */
const LONGEST_REST_MS = 5_000;
const LATEST = 5;
/** Nothing costs less: the clocks of browsers are coarse. */
const LEAST_MS = 0.5;
/** The server is left alone for so many times as long as it worked, unless that is longer than the longest pause. */
const REST_FACTOR = 2;

/** How long the server is left alone after so much work: a third of its time is ours as a rule, half of it at most. */
export function restMs(workMs: number): number {
  return Math.min(workMs * REST_FACTOR, Math.max(workMs, LONGEST_REST_MS));
}

/** What calls of a kind cost, learnt from those that were made. */
export class Cost {
  readonly #latest: number[];
  /** Before the first one: `presumed`. */
  constructor(...presumed: number[]) {
    this.#latest = presumed;
  }
  /**
   * What work one is, in milliseconds of the server's time. The shortest of the latest ones tells: in a longer one the
   * server, or this program, did other things meanwhile.
   */
  get ms(): number {
    return Math.max(LEAST_MS, Math.min(...this.#latest));
  }
  record(ms: number): void {
    this.#latest.unshift(ms);
    this.#latest.length = Math.min(this.#latest.length, LATEST);
  }
}

/** A server gives up what it cannot do within this. */
const LONGEST_LOOK_MS = 30_000;
const SHORTEST_LOOK_TIMEOUT_MS = 5_000;

/**
 * How long an answer may take before it is taken for lost: long enough for a slow server, short enough that a dead
 * connection, over which nothing will ever come, does not keep all waits back.
 */
export class AdaptiveTimeout {
  #ms = SHORTEST_LOOK_TIMEOUT_MS;
  get ms(): number {
    return this.#ms;
  }
  answered(tookMs: number): void {
    this.#ms = clamp(tookMs * 4, SHORTEST_LOOK_TIMEOUT_MS, LONGEST_LOOK_MS);
  }
  timedOut(): void {
    this.#ms = Math.min(LONGEST_LOOK_MS, this.#ms * 2);
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
