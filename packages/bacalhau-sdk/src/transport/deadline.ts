import { InvalidArgumentError } from '../errors/index.js';

/** Why a call was cut short. */
export type Cut = 'timeout' | 'signal' | 'closed';

/** `setTimeout` fires at once for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Everything that can end a call early, as one signal. `release` leaves no timer and no listener behind. */
export class Deadline {
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #started = performance.now();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onRelease: (() => void) | undefined;
  readonly #onCallerAbort = (): void => this.cut('signal');
  #reason: Cut | undefined;

  constructor(timeoutMs: number, callerSignal: AbortSignal | undefined, onRelease?: () => void) {
    checkSignal(callerSignal);
    this.timeoutMs = timeoutMs;
    this.#callerSignal = callerSignal;
    this.#onRelease = onRelease;
    if (callerSignal?.aborted) this.cut('signal');
    callerSignal?.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (timeoutMs <= LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.cut('timeout'), timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call was cut short, if it was. */
  get reason(): Cut | undefined {
    return this.#reason;
  }

  get callerReason(): unknown {
    return this.#callerSignal?.reason;
  }

  remainingMs(): number {
    return this.timeoutMs - (performance.now() - this.#started);
  }

  cut(reason: Cut): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
    this.#onRelease?.();
  }
}

/** Plain JavaScript can pass anything, and the controller in place of its signal is soon passed. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal === null) return;
  if (typeof signal === 'object' && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new InvalidArgumentError('signal', 'is no AbortSignal. Give controller.signal, not the controller.');
}

/** Waits, or until the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Waits no longer than the signal allows; what was begun goes on for others who wait for it. */
export function unlessCut<T>(work: Promise<T>, cut: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cut.reason);
    if (cut.aborted) stop();
    cut.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => cut.removeEventListener('abort', stop));
  });
}
