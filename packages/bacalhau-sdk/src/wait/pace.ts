/** The shortest and the longest pause between two looks, in milliseconds. */
const SHORTEST_MS = 20;
export const LONGEST_MS = 5_000;
/** Lists are looked at five times a second at most. */
const SHORTEST_LIST_MS = 200;
/** A pause, until it is the longest, is so many times as long as the server's work was: a fifth of its time at most. */
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
    return Math.min(...this.#latest);
  }
  /** How long the server is left alone after one. */
  get restMs(): number {
    return this.ms * REST_FACTOR;
  }
  learn(ms: number): void {
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
