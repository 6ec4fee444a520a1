import type { DownloadProgress } from './types.js';

const INTERVAL_MS = 100;

/** Counts what arrives and is written, and reports it to the caller at most every 100 ms. */
export class Progress {
  readonly #listener: ((progress: DownloadProgress) => void) | undefined;
  readonly #totals: (number | undefined)[] = [];
  readonly #results: number;
  #loadedBytes = 0;
  #writtenBytes = 0;
  #files = 0;
  #result = 0;
  #path: string | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(listener: ((progress: DownloadProgress) => void) | undefined, results: number) {
    this.#listener = listener;
    this.#results = results;
  }

  get loadedBytes(): number {
    return this.#loadedBytes;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  beginResult(): void {
    this.#result += 1;
  }

  announce(totalBytes: number | undefined): void {
    this.#totals.push(totalBytes);
    this.#report();
  }

  loaded(count: number): void {
    this.#loadedBytes += count;
    this.#report();
  }

  written(count: number): void {
    this.#writtenBytes += count;
    this.#report();
  }

  beginFile(path: string): void {
    this.#path = path;
    this.#report();
  }

  endFile(): void {
    this.#files += 1;
  }

  end(): void {
    this.#path = undefined;
    this.#report(true);
  }

  #report(isLast = false): void {
    if (this.#listener === undefined) return;
    const now = performance.now();
    if (!isLast && now - this.#reportedAt < INTERVAL_MS) return;
    this.#reportedAt = now;
    const totalBytes = this.#total();
    this.#listener({
      loadedBytes: this.#loadedBytes,
      files: this.#files,
      writtenBytes: this.#writtenBytes,
      result: this.#result,
      results: this.#results,
      ...(totalBytes !== undefined && { totalBytes }),
      ...(this.#path !== undefined && { path: this.#path }),
    });
  }

  #total(): number | undefined {
    if (this.#totals.length < this.#results) return undefined;
    return this.#totals.reduce<number | undefined>(
      (sum, total) => (sum === undefined || total === undefined ? undefined : sum + total),
      0,
    );
  }
}
