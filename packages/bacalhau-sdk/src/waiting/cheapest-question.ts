/** What polls would cost, and what they would show. */
export interface Choice {
  /** What a page of the list costs, in milliseconds of the server's time. */
  readonly listMs: number;
  /** What requesting one job costs, in milliseconds of the server's time. */
  readonly jobMs: number;
  /** How many jobs are in a page. */
  readonly pageSize: number;
  /** For each job that was observed before: how long it may wait for its next poll. A list shows all changes of these. */
  readonly pausesMs: readonly number[];
  /** How many jobs were not observed yet. Of these, a list shows those that are in its page. */
  readonly unknown: number;
}

/** Lists are polled five times a second at most. */
export const SHORTEST_LIST_PAUSE_MS = 200;

/**
 * Chooses what to ask next: one list for all jobs if it costs less than the single polls that it replaces, which are those
 * that are due until the list has to be repeated for the job with the shortest pause. Servers decode every job of a
 * namespace for a list, however few they send.
 */
export function cheapestQuestion({ listMs, jobMs, pageSize, pausesMs, unknown }: Choice): 'list' | 'single jobs' {
  const repeatMs = Math.max(SHORTEST_LIST_PAUSE_MS, Math.min(...pausesMs));
  const known = pausesMs.reduce((sum, pauseMs) => sum + Math.min(1, repeatMs / pauseMs), 0);
  return listMs < jobMs * (known + Math.min(unknown, pageSize)) ? 'list' : 'single jobs';
}
