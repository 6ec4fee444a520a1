import type { Submission } from '../submission/index.js';
import { sleep } from '../util/index.js';

/** The first and the longest pause between two lookups, in milliseconds. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Stops the twins of a run's job while the run lasts, and once more at its end: a request whose answer was lost may arrive
 * late, and servers before 1.8 then create a second job. Never rejects: what prevents it does not affect the run.
 */
export function watchTwins(stopTwins: Submission['stopTwins'], signal: AbortSignal): { end(): Promise<void> } {
  if (stopTwins === undefined) return { end: async () => undefined };
  const ending = new AbortController();
  const watch = async (): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      await sleep(pauseMs, ending.signal);
      if (ending.signal.aborted) return;
      await stopTwins({ signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    async end() {
      ending.abort();
      await watching;
      await stopTwins({ signal }).catch(() => undefined);
    },
  };
}
