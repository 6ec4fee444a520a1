/** The longest delay that `setTimeout` supports, in milliseconds: it fires at once for anything longer. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What is called when a signal is aborted. */
const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when the signal is aborted, once, unless the function that is returned was called before. However
 * many there are, the signal itself has one listener of this package: Node 20 takes more than ten for a leak, and warns.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // An object of its own, so that the same function may be passed twice.
  const own = (): void => listener();
  const known = listeners.get(signal);
  if (known !== undefined) {
    known.add(own);
    return () => removeListener(signal, known, own);
  }
  const all = new Set([own]);
  listeners.set(signal, all);
  signal.addEventListener('abort', callAll);
  return () => removeListener(signal, all, own);
}

function callAll(this: AbortSignal): void {
  const all = listeners.get(this) ?? [];
  this.removeEventListener('abort', callAll);
  listeners.delete(this);
  for (const listener of all) listener();
}

function removeListener(signal: AbortSignal, all: Set<() => void>, listener: () => void): void {
  all.delete(listener);
  if (all.size > 0 || listeners.get(signal) !== all) return;
  listeners.delete(signal);
  signal.removeEventListener('abort', callAll);
}

/** Throws the reason of a signal that was aborted. Not every runtime has the method: jsdom 20, for one, does not. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}

const reasonOf = (signal: AbortSignal): unknown =>
  signal.reason ?? new DOMException('This operation was aborted', 'AbortError');

/** Calls `then` after the given time. Unlike a plain timer this keeps no process alive. */
export function later(ms: number, then: () => void): void {
  const timer: unknown = setTimeout(then, ms);
  // A number in browsers, where nothing is kept alive.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') {
    timer.unref();
  }
}

/** Resolves after the given time, or earlier when the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      remove();
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
    const remove = onAbort(signal, done);
  });
}

/** Settles like `work`, or rejects as soon as the signal is aborted. The work itself continues for others that await it. */
export function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal));
    if (signal.aborted) stop();
    const remove = onAbort(signal, stop);
    work.then(resolve, reject).finally(remove);
  });
}
