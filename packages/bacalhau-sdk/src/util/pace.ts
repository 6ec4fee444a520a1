/** The shortest and the longest pause between two polls, in milliseconds. */
const SHORTEST_MS = 20;
const LONGEST_MS = 5_000;

/** How a poll's pauses are bounded. */
export interface PauseBounds {
  readonly shortestMs?: number | undefined;
  readonly longestMs?: number | undefined;
}

/** Returns how long to wait before polling again: a tenth of the time since polling began, or since something changed. */
export function pauseMs(ageMs: number, { shortestMs = SHORTEST_MS, longestMs = LONGEST_MS }: PauseBounds = {}): number {
  // Jitter, so that many clients that began together do not stay together.
  return Math.min(longestMs, Math.max(shortestMs, ageMs / 10)) * (0.9 + Math.random() * 0.2);
}
