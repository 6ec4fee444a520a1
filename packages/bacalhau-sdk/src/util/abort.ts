/** `setTimeout` fires at once for anything longer. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

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
export function raceAbort<T>(work: Promise<T>, cut: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cut.reason);
    if (cut.aborted) stop();
    cut.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => cut.removeEventListener('abort', stop));
  });
}
