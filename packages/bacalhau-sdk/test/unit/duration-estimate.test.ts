import type { Job } from 'bacalhau-apiclient';
import { DurationEstimate } from '../../src/runs/duration-estimate.js';

/** A job that took so long, in milliseconds. */
const took = (ms: number): Job => ({ Type: 'batch', Tasks: [], CreateTime: 1e18, ModifyTime: 1e18 + ms * 1e6 });

function estimate(durations: readonly number[]): DurationEstimate {
  const duration = new DurationEstimate();
  for (const ms of durations) duration.record(took(ms));
  return duration;
}

test('before the first job has ended, nothing is known', () => {
  expect(estimate([]).remainingMs(0)).toBe(0);
});

test('a job is expected when most have ended, and later again when most of those that took longer have', () => {
  const duration = estimate([100, 110, 120, 130, 140, 150, 160, 170, 200, 300]);
  const first = duration.remainingMs(0);
  expect(first).toBeCloseTo(170, -1);
  const second = duration.remainingMs(first);
  expect(first + second).toBeCloseTo(300, -1);
  expect(duration.remainingMs(300)).toBe(0);
});

test('only the latest jobs count, and none is left alone for longer than a second', () => {
  const duration = estimate([...Array.from({ length: 50 }, () => 10), ...Array.from({ length: 50 }, () => 60_000)]);
  expect(duration.remainingMs(0)).toBe(1_000);
});
