import { DownloadError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import type { ResultLimits } from './types.js';

const DEFAULT_TOTAL_BYTES = 10 * 1024 ** 3;
const DEFAULT_ENTRIES = 100_000;
const DEFAULT_LISTING_BYTES = 16 * 1024 ** 2;

/** Counts bytes and entries, and refuses what exceeds the limits. */
export class LimitCounter {
  /** How many bytes a page of a listing may have. */
  readonly listingBytes: number;
  readonly entries: number;
  readonly #totalBytes: number;
  #seenBytes = 0;
  #seenEntries = 0;

  constructor({
    totalBytes = DEFAULT_TOTAL_BYTES,
    entries = DEFAULT_ENTRIES,
    listingBytes = DEFAULT_LISTING_BYTES,
  }: ResultLimits = {}) {
    this.#totalBytes = totalBytes;
    this.entries = entries;
    this.listingBytes = listingBytes;
  }

  /**
   * Counts an entry, or anything else with a header, before it is read.
   *
   * @throws {DownloadError} with reason `too-large`.
   */
  admit(name: string, size: number): void {
    this.#seenEntries += 1;
    if (this.#seenEntries > this.entries) {
      throw tooLarge(name, `have more than ${this.entries} files and directories. Raise limits.entries`);
    }
    this.addBytes(name, size);
  }

  /** Counts bytes of a file of several, before they are read, or of an archive that is not extracted, as they arrive. */
  addBytes(name: string, count: number): void {
    this.#seenBytes += count;
    if (this.#seenBytes > this.#totalBytes) {
      throw tooLarge(name, `have more than ${this.#totalBytes} bytes. Raise limits.totalBytes`);
    }
  }
}

const tooLarge = (entry: string, problem: string): DownloadError =>
  new DownloadError(`The results ${problem} if that is expected; the limit was reached at ${quoteName(entry)}.`, {
    reason: 'too-large',
    entry: entry.slice(0, 4_096),
  });
