import { onAbort } from '../util/index.js';

/** A signal that is aborted so much later than another one. `release` leaves no timer and no listener behind. */
export function delayedAbort(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const removeListener = onAbort(signal, () => {
    timer = setTimeout(() => controller.abort(signal.reason), ms);
  });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      removeListener();
    },
  };
}
