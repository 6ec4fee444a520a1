import { later, onAbort } from '../util/index.js';

/** How long a request that nobody waits for any longer may still take before its connection is closed, in milliseconds. */
const GRACE_MS = 2_000;

/**
 * Returns a signal that is aborted two seconds after the given one, unless it is released first. Servers that see a
 * request aborted mix up their responses to others, and may crash (docs/requests-in-flight.md).
 */
export function abortAfterGrace(signal: AbortSignal): {
  readonly signal: AbortSignal;
  /** Closes the connection at once. */
  abort(): void;
  release(): void;
} {
  const controller = new AbortController();
  const release = onAbort(signal, () => later(GRACE_MS, () => controller.abort()));
  return { signal: controller.signal, abort: () => controller.abort(), release };
}
