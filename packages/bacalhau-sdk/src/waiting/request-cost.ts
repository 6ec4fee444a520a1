/** Beyond this, in milliseconds, the server is not left idle longer than it worked. */
const LONGEST_IDLE_MS = 5_000;
/** How many of the latest measurements count. */
const MEASUREMENTS = 20;
/** No request costs less: the clocks of browsers are coarse. */
const LEAST_MS = 0.5;
/** The server is left idle for so many times as long as it worked, unless that is longer than the longest pause. */
const IDLE_FACTOR = 2;

/** Returns how long to leave the server idle after some work: as a rule a third of its time is ours, half of it at most. */
export function idleMs(workMs: number): number {
  return Math.min(workMs * IDLE_FACTOR, Math.max(workMs, LONGEST_IDLE_MS));
}

/** What requests of one kind cost the server, estimated from those that were made. */
export class RequestCost {
  #latest: readonly number[];

  /** Until there are enough measurements: `presumed`, because the first one may be of a busy moment. */
  constructor(...presumed: readonly number[]) {
    this.#latest = presumed;
  }

  /**
   * The work of one request, in milliseconds of the server's time: the shortest of the latest ones, because during a longer
   * one the server, or this program, did other things as well. Infinite as long as nothing is known.
   */
  get ms(): number {
    return Math.max(LEAST_MS, Math.min(...this.#latest));
  }

  /** Returns what a request costs in view of this one, too. */
  record(ms: number): number {
    this.#latest = [ms, ...this.#latest].slice(0, MEASUREMENTS);
    return this.ms;
  }

  /** Records a request that makes the earlier ones out of date. */
  replace(ms: number): void {
    this.#latest = [ms];
  }
}
