import { checkOptions, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import { checkNumber, wrongType } from './check-arguments.js';
import { SignatureError } from './errors.js';

/** Remembers which requests were seen. Several processes of a gateway must share one. */
export interface ReplayCache {
  /**
   * Since when it remembers every request, in milliseconds since 1970: requests that were signed before could have been
   * seen before, and are refused. Use 0 for a cache that outlives the process, such as one in a database.
   */
  readonly since: number;
  /**
   * Remembers a request.
   *
   * @param key Identifies a request: the key's id and the nonce.
   * @param until When its signature expires, in milliseconds since 1970; it may be forgotten then.
   * @returns false if it was seen before. Looking and remembering must be one step.
   */
  remember(key: string, until: number): boolean | Promise<boolean>;
}

/** Settings of a replay cache in memory. */
export interface MemoryReplayCacheOptions {
  /** How many requests are remembered at most; more are refused until some have expired. Default: 100,000. */
  readonly capacity?: number | undefined;
  /**
   * Since when no other cache has let requests for this gateway through, in milliseconds since 1970. Default: now. Pass 0
   * only if there has never been another one, as in a test.
   */
  readonly since?: number | undefined;
}

const OPTIONS: OptionNames<MemoryReplayCacheOptions> = { capacity: true, since: true };

/**
 * A replay cache in memory, for one process: it holds requests as long as their signatures are valid.
 *
 * It does not outlive the process. What was signed before it began, or within the clock tolerance after, is refused.
 */
export class MemoryReplayCache implements ReplayCache {
  readonly since: number;
  readonly #capacity: number;
  readonly #until = new Map<string, number>();
  #sweepAt = 0;
  /** The latest expiry among what was forgotten. */
  #forgotten = Number.NEGATIVE_INFINITY;

  /** @throws {InvalidArgumentError} if an option is unknown or of the wrong type. */
  constructor(options: MemoryReplayCacheOptions = {}) {
    checkOptions(options, OPTIONS);
    const { capacity = 100_000, since = Date.now() } = options;
    checkNumber(capacity, 'capacity');
    checkNumber(since, 'since');
    this.#capacity = capacity;
    this.since = since;
  }

  /**
   * Remembers a request.
   *
   * @throws {SignatureError} if the cache is full: a request that cannot be remembered could be replayed.
   */
  remember(key: string, until: number): boolean {
    if (typeof key !== 'string') throw wrongType('key', 'a string', key);
    if (typeof until !== 'number' || Number.isNaN(until)) {
      throw new InvalidArgumentError('until', 'must be a time in milliseconds since 1970.');
    }
    const now = Date.now();
    if (now >= this.#sweepAt || this.#until.size >= this.#capacity) this.#sweep(now);
    // A clock that was set back makes valid again what has been forgotten.
    if (this.#until.has(key) || until <= this.#forgotten) return false;
    if (this.#until.size >= this.#capacity) {
      throw new SignatureError('overloaded', 'Too many signed requests at once. Try again in a minute.');
    }
    this.#until.set(key, until);
    return true;
  }

  #sweep(now: number): void {
    this.#sweepAt = now + 1_000;
    for (const [key, until] of this.#until) {
      if (until >= now) continue;
      this.#until.delete(key);
      this.#forgotten = Math.max(this.#forgotten, until);
    }
  }
}
