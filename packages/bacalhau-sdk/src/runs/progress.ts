import { InvalidArgumentError } from '../errors/index.js';
import { callListener } from '../util/index.js';
import type { MapOptions, MapProgress } from './options.js';

export function checkOnProgress(onProgress: unknown): void {
  if (onProgress === undefined || typeof onProgress === 'function') return;
  throw new InvalidArgumentError('onProgress', `must be a function, not ${JSON.stringify(onProgress)}.`);
}

/** Tells a listener of progress whenever one of the counts has changed. */
export class ProgressReporter {
  readonly #onProgress: MapOptions['onProgress'];
  readonly #countAll: () => MapProgress;
  #last = '';
  #failure: { readonly reason: unknown } | undefined;

  constructor(onProgress: MapOptions['onProgress'], countAll: () => MapProgress) {
    this.#onProgress = onProgress;
    this.#countAll = countAll;
  }

  /** Never throws: it is called in the middle of other work. */
  report(): void {
    const onProgress = this.#onProgress;
    if (onProgress === undefined || this.#failure !== undefined) return;
    const progress = this.#countAll();
    const text = Object.values(progress).join();
    if (text === this.#last) return;
    this.#last = text;
    callListener(
      () => onProgress(progress),
      (reason) => {
        this.#failure = { reason };
      },
    );
  }

  /** Throws what the listener threw, or rejected with. */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}
