import { parseRetryAfter, retryDelayMs } from '../../src/http/retry-policy.js';

test.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['2', 2_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:00:05 GMT', 4_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After %j is %j ms', (value, expected) => {
  expect(parseRetryAfter(value, 1_000)).toBe(expected);
});

test('retry delay: doubles up to its limit with full jitter, unless the server names one', () => {
  const longest = () => 1;
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => retryDelayMs(attempt, undefined, longest))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
  ]);
  expect(retryDelayMs(3, undefined, () => 0)).toBe(0);
  expect(retryDelayMs(3, '7', longest)).toBe(7_000);
});
