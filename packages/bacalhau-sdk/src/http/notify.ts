import type { Logger } from '../logging/index.js';
import { callListener, messageOf } from '../util/index.js';

/** Calls a hook. One that throws, or rejects, does not change the outcome of the call that it observes. */
export function notify<E>(
  name: string,
  hook: ((event: E) => void) | undefined,
  event: E,
  logger: Pick<Logger, 'warn'>,
): void {
  if (hook === undefined) return;
  callListener(
    () => hook(event),
    (error) => logger.warn(`${name} threw: ${messageOf(error)}`),
  );
}
