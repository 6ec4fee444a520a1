import { checkSignal } from '../arguments/index.js';
import { LONGEST_TIMER_MS, onAbort } from '../util/index.js';

/** Why work was ended early. */
export type AbortReason = 'timeout' | 'signal' | 'closed';

/**
 * The end of work that its time, its caller's signal or closing the client may bring, as one signal. `release` removes the
 * timer and all listeners.
 */
export class Deadline {
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #started = performance.now();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onRelease: (() => void) | undefined;
  readonly #removeListener: (() => void) | undefined;
  #reason: AbortReason | undefined;

  /** @throws {InvalidArgumentError} if `callerSignal` is not an AbortSignal. */
  constructor(timeoutMs: number, callerSignal: AbortSignal | undefined, onRelease?: () => void) {
    checkSignal(callerSignal);
    this.timeoutMs = timeoutMs;
    this.#callerSignal = callerSignal;
    this.#onRelease = onRelease;
    if (callerSignal?.aborted) this.abort('signal');
    this.#removeListener = callerSignal && onAbort(callerSignal, () => this.abort('signal'));
    if (timeoutMs <= LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.abort('timeout'), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the work was ended; undefined if it was not. */
  get reason(): AbortReason | undefined {
    return this.#reason;
  }

  /** The reason of the caller's signal. */
  get callerReason(): unknown {
    return this.#callerSignal?.reason;
  }

  remainingMs(): number {
    return this.timeoutMs - (performance.now() - this.#started);
  }

  abort(reason: AbortReason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#removeListener?.();
    this.#onRelease?.();
  }
}
