import { SignatureError } from './errors.js';

/** Remembers which requests were seen. Several processes of a gateway must share one. */
export interface ReplayCache {
  /**
   * Remembers a request.
   *
   * @param key Identifies a request: the key's id and the nonce.
   * @param until When its signature expires, in milliseconds since 1970; it may be forgotten then.
   * @returns false if it was seen before.
   */
  remember(key: string, until: number): boolean | Promise<boolean>;
}

/** A replay cache in memory, for one process: it holds requests as long as their signatures are valid. */
export class MemoryReplayCache implements ReplayCache {
  readonly #capacity: number;
  readonly #until = new Map<string, number>();
  #sweepAt = 0;

  /** @param capacity How many requests are remembered at most; more are refused until some have expired. Default: 100,000. */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /**
   * Remembers a request.
   *
   * @throws {SignatureError} if the cache is full: a request that cannot be remembered could be replayed.
   */
  remember(key: string, until: number): boolean {
    const now = Date.now();
    if (now >= this.#sweepAt || this.#until.size >= this.#capacity) this.#sweep(now);
    if (this.#until.has(key)) return false;
    if (this.#until.size >= this.#capacity) {
      throw new SignatureError('overloaded', 'Too many signed requests at once. Try again in a minute.');
    }
    this.#until.set(key, until);
    return true;
  }

  #sweep(now: number): void {
    this.#sweepAt = now + 1_000;
    for (const [key, until] of this.#until) if (until < now) this.#until.delete(key);
  }
}
