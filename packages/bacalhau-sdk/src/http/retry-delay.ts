const BASE_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/**
 * How long to wait after the given attempt, in milliseconds: what the server asks for, else exponential backoff with
 * full jitter, so that many clients that failed together do not come back together.
 */
export function retryDelayMs(
  attempt: number,
  retryAfter: string | undefined,
  random: () => number = Math.random,
): number {
  return parseRetryAfter(retryAfter) ?? random() * Math.min(LONGEST_DELAY_MS, BASE_DELAY_MS * 2 ** (attempt - 1));
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
