import { ProgressListener } from '../util/index.js';
import type { UploadProgress } from './types.js';

/** Counts what is sent, and reports it to the caller at most every 100 ms. */
export class Progress {
  readonly #listener: ProgressListener<UploadProgress>;
  readonly #totalBytes: number;
  #sentBytes = 0;
  #presentBytes = 0;

  constructor(listener: ((progress: UploadProgress) => void) | undefined, totalBytes: number) {
    this.#listener = new ProgressListener(listener);
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
    this.#listener.report(
      () => ({ sentBytes: this.#sentBytes, presentBytes: this.#presentBytes, totalBytes: this.#totalBytes }),
      isLast,
    );
  }
}
