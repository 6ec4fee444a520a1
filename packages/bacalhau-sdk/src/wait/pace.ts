/** The shortest and the longest pause between two looks at a job, in milliseconds. */
const SHORTEST_MS = 20;
const LONGEST_MS = 5_000;
/** Lists are looked at five times a second at most. */
const SHORTEST_LIST_MS = 200;
/** A pause is at least so many times as long as the server's work was: a fifth of its time at most. */
const REST_FACTOR = 4;
const LATEST = 5;

/** How long to wait before one job is looked at again: a tenth of the time it has been waited for. */
export function jobPauseMs(ageMs: number): number {
  return jitter(clamp(ageMs / 10, SHORTEST_MS, LONGEST_MS));
}

/** The same for a list with many jobs, of which some end sooner the more there are. */
export function listPauseMs(ageMs: number, jobs: number): number {
  return jitter(clamp(ageMs / (10 * Math.sqrt(jobs)), SHORTEST_LIST_MS, LONGEST_MS));
}

/** What calls cost, learnt from those that were made. */
export class Cost {
  #ms: number;
  readonly #latest: number[] = [];
  constructor(initialMs: number) {
    this.#ms = initialMs;
  }
  /** How long one takes; recent ones count more. */
  get ms(): number {
    return this.#ms;
  }
  /**
   * How long the server is left alone after one. The shortest of the latest ones tells what work it is: in a longer one
   * the server did other things meanwhile.
   */
  get restMs(): number {
    return Math.min(this.#ms, ...this.#latest) * REST_FACTOR;
  }
  learn(ms: number): void {
    this.#ms = this.#ms * 0.7 + ms * 0.3;
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
export class Patience {
  #ms = SHORTEST_LOOK_TIMEOUT_MS;
  get ms(): number {
    return this.#ms;
  }
  answered(tookMs: number): void {
    this.#ms = clamp(tookMs * 4, SHORTEST_LOOK_TIMEOUT_MS, LONGEST_LOOK_MS);
  }
  inVain(): void {
    this.#ms = Math.min(LONGEST_LOOK_MS, this.#ms * 2);
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** So that many clients that began together do not stay together. */
const jitter = (ms: number): number => ms * (0.9 + Math.random() * 0.2);
