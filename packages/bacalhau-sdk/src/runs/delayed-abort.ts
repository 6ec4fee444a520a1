import { onAbort } from '../util/index.js';

/** Returns a signal that is aborted after another one, with a delay. `release` removes its timer and listener. */
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
