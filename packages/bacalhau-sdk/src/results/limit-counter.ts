import { DownloadError } from '../errors/index.js';
import type { ResultLimits } from './types.js';

const DEFAULT_TOTAL_BYTES = 10 * 1024 ** 3;
const DEFAULT_ENTRIES = 100_000;

/** Counts what a download takes and stops it at the limits. */
export class LimitCounter {
  readonly #totalBytes: number;
  readonly #entries: number;
  #seenBytes = 0;
  #seenEntries = 0;

  constructor({ totalBytes = DEFAULT_TOTAL_BYTES, entries = DEFAULT_ENTRIES }: ResultLimits = {}) {
    this.#totalBytes = totalBytes;
    this.#entries = entries;
  }

  /** @throws {DownloadError} before anything of the entry is read, because its size is known then. */
  admit(name: string, size: number): void {
    this.#seenEntries += 1;
    this.#seenBytes += size;
    if (this.#seenEntries > this.#entries) {
      throw tooLarge(name, `are more than ${this.#entries} files and directories. Raise limits.entries`);
    }
    if (this.#seenBytes > this.#totalBytes) {
      throw tooLarge(name, `are more than ${this.#totalBytes} bytes. Raise limits.totalBytes`);
    }
  }

  /** The bytes of an archive that is kept as it is, which are known as they come. */
  take(name: string, count: number): void {
    this.#seenBytes += count;
    if (this.#seenBytes > this.#totalBytes) {
      throw tooLarge(name, `are more than ${this.#totalBytes} bytes. Raise limits.totalBytes`);
    }
  }
}

const tooLarge = (entry: string, problem: string): DownloadError =>
  new DownloadError(`The results ${problem} if that is right; the limit was reached at ${JSON.stringify(entry)}.`, {
    reason: 'too-large',
    entry,
  });
