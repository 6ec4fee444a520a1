import { ProgressListener } from '../util/index.js';
import type { DownloadProgress } from './types.js';

/** Counts what arrives and is written, and reports it to the caller at most every 100 ms. */
export class Progress {
  readonly #listener: ProgressListener<DownloadProgress>;
  readonly #totals: (number | undefined)[] = [];
  readonly #results: number;
  #loadedBytes = 0;
  #writtenBytes = 0;
  #files = 0;
  #result = 0;
  #path: string | undefined;

  constructor(listener: ((progress: DownloadProgress) => void) | undefined, results: number) {
    this.#listener = new ProgressListener(listener);
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
    this.#listener.report(() => this.#count(), isLast);
  }

  #count(): DownloadProgress {
    const totalBytes = this.#total();
    return {
      loadedBytes: this.#loadedBytes,
      files: this.#files,
      writtenBytes: this.#writtenBytes,
      result: this.#result,
      results: this.#results,
      ...(totalBytes !== undefined && { totalBytes }),
      ...(this.#path !== undefined && { path: this.#path }),
    };
  }

  #total(): number | undefined {
    if (this.#totals.length < this.#results) return undefined;
    return this.#totals.reduce<number | undefined>(
      (sum, total) => (sum === undefined || total === undefined ? undefined : sum + total),
      0,
    );
  }
}
