import type { UploadProgress } from './types.js';

const INTERVAL_MS = 100;

/** Counts what is sent, and reports it to the caller at most every 100 ms. */
export class Progress {
  readonly #listener: ((progress: UploadProgress) => void) | undefined;
  readonly #totalBytes: number;
  #sentBytes = 0;
  #presentBytes = 0;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(listener: ((progress: UploadProgress) => void) | undefined, totalBytes: number) {
    this.#listener = listener;
    this.#totalBytes = totalBytes;
  }

  /** A negative count takes back what a request that failed had sent. */
  sent(count: number): void {
    this.#sentBytes += count;
    this.#report();
  }

  present(count: number): void {
    this.#presentBytes += count;
    this.#report();
  }

  end(): void {
    this.#report(true);
  }

  #report(isLast = false): void {
    if (this.#listener === undefined) return;
    const now = performance.now();
    if (!isLast && now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    this.#listener({ sentBytes: this.#sentBytes, presentBytes: this.#presentBytes, totalBytes: this.#totalBytes });
  }
}
