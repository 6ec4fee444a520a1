import { SignatureError } from './errors.js';

/** Remembers which requests were seen. Behind several processes it must be one that they share. */
export interface ReplayCache {
  /**
   * @param key names a request: the key's id and the nonce.
   * @param until when its signature expires, in milliseconds since 1970; it may be forgotten then.
   * @returns false if it was remembered already.
   */
  remember(key: string, until: number): boolean | Promise<boolean>;
}

/** For one process: as many requests as fit into the time that signatures are valid. */
export class MemoryReplayCache implements ReplayCache {
  readonly #capacity: number;
  readonly #until = new Map<string, number>();
  #sweepAt = 0;

  /** @param capacity the most requests that are remembered; further ones are refused until some have expired. Default: 100,000. */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** @throws {SignatureError} if it is full: letting a request through that cannot be remembered would open the door. */
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
