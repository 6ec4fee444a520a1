/** How long a request that nobody waits for any longer may still take before its connection is closed, in milliseconds. */
const GRACE_MS = 2_000;

/**
 * Returns a signal that is aborted two seconds after the given one, unless it is released first. Servers that see a
 * request aborted mix up their responses to others, and may crash (docs/requests-in-flight.md).
 */
export function abortAfterGrace(signal: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const startGrace = (): void => {
    // Unlike `setTimeout` this keeps no process alive.
    AbortSignal.timeout(GRACE_MS).addEventListener('abort', () => controller.abort(), { once: true });
  };
  signal.addEventListener('abort', startGrace, { once: true });
  return { signal: controller.signal, release: () => signal.removeEventListener('abort', startGrace) };
}
