import { callListener } from './call-listener.js';

const INTERVAL_MS = 100;

/** Tells the caller of a transfer's progress at most every 100 ms. */
export class ProgressListener<P> {
  readonly #listener: ((progress: P) => unknown) | undefined;
  #calledAt = Number.NEGATIVE_INFINITY;
  #failure: { readonly error: unknown } | undefined;

  constructor(listener: ((progress: P) => unknown) | undefined) {
    this.#listener = listener;
  }

  /** Throws what the listener throws, or has rejected with since the last call. */
  report(progress: () => P, isLast: boolean): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#rethrow();
    const now = performance.now();
    if (!isLast && now - this.#calledAt < INTERVAL_MS) return;
    this.#calledAt = now;
    callListener(
      () => listener(progress()),
      (error) => {
        this.#failure ??= { error };
      },
    );
    this.#rethrow();
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
