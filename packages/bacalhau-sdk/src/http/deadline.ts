import { checkSignal } from '../arguments/index.js';
import { LONGEST_TIMER_MS } from '../util/index.js';

/** Why a call was cut short. */
export type AbortCause = 'timeout' | 'signal' | 'closed';

/** Everything that can end a call early, as one signal. `release` leaves no timer and no listener behind. */
export class Deadline {
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #started = performance.now();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onRelease: (() => void) | undefined;
  readonly #onCallerAbort = (): void => this.abort('signal');
  #reason: AbortCause | undefined;

  constructor(timeoutMs: number, callerSignal: AbortSignal | undefined, onRelease?: () => void) {
    checkSignal(callerSignal);
    this.timeoutMs = timeoutMs;
    this.#callerSignal = callerSignal;
    this.#onRelease = onRelease;
    if (callerSignal?.aborted) this.abort('signal');
    callerSignal?.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (timeoutMs <= LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.abort('timeout'), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call was cut short, if it was. */
  get reason(): AbortCause | undefined {
    return this.#reason;
  }

  get callerReason(): unknown {
    return this.#callerSignal?.reason;
  }

  remainingMs(): number {
    return this.timeoutMs - (performance.now() - this.#started);
  }

  abort(reason: AbortCause): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
    this.#onRelease?.();
  }
}
