import type { AwaitedJob } from '../../src/waiting/awaited-job.js';
import { ChangeClock } from '../../src/waiting/many-jobs/change-clock.js';
import { byUrgency, cheapestPoll } from '../../src/waiting/many-jobs/poll-choice.js';

const ages = (count: number, ageMs: number): number[] => Array.from({ length: count }, () => ageMs);

test('of jobs that are equally likely to change, the one that was not polled for the longest time comes first', () => {
  const jobs = [300, 100, 200].map((polledAt) => ({ polledAt, age: 1_000 }));
  const sorted = byUrgency(jobs, { now: 400, ageMs: ({ age }) => age });
  expect(sorted.map(({ polledAt }) => polledAt)).toEqual([100, 200, 300]);
});

test('a job that has changed a hundred times as long ago is polled a tenth as often', () => {
  const jobs = [
    { name: 'young', age: 1_000, polledAt: 0, polls: 0 },
    { name: 'old', age: 100_000, polledAt: 0, polls: 0 },
  ];
  for (let now = 10; now <= 10_000; now += 10) {
    const [next] = byUrgency(jobs, { now, ageMs: ({ age }) => age });
    if (next === undefined) throw new Error('No job came.');
    next.polledAt = now;
    next.polls += 1;
  }
  const [young, old] = jobs;
  expect((young?.polls ?? 0) / (old?.polls ?? 0)).toBeCloseTo(10, 0);
});

test('a job that has just changed does not keep all others from being polled', () => {
  const jobs = [
    { name: 'new', age: 0, polledAt: 900 },
    { name: 'old', age: 10_000, polledAt: 0 },
  ];
  expect(byUrgency(jobs, { now: 1_000, ageMs: ({ age }) => age })[0]?.name).toBe('old');
});

test.each([
  ['all are equally likely to change, a list that costs less than a poll of each', 200, ages(1_000, 3_000), 'list'],
  ['a list costs more than a poll of each', 1_600, ages(1_000, 3_000), 'single jobs'],
  ['a list costs more than a poll of those that change', 700, [...ages(300, 3_000), ...ages(700, 1e6)], 'single jobs'],
  ['a list costs less than even that', 190, [...ages(300, 3_000), ...ages(700, 1e6)], 'list'],
  ['a list is late, and costs hardly less than that', 300, [...ages(300, 3_000), ...ages(700, 1e6)], 'single jobs'],
  ['a list is late, but costs much less', 300, ages(1_000, 3_000), 'list'],
  ['nothing has changed for a day', 200, ages(1_000, 86_400_000), 'list'],
  ['all have just changed', 200, ages(1_000, 0), 'list'],
] as const)('where %s: %d ms', (_case, listMs, agesMs, expected) => {
  expect(cheapestPoll({ listMs, jobMs: 1, agesMs, unknown: 0 })).toBe(expected);
});

test('jobs that were not observed yet count as far as a list may show them', () => {
  expect(cheapestPoll({ listMs: 40, jobMs: 1, agesMs: [], unknown: 50 })).toBe('list');
  expect(cheapestPoll({ listMs: 80, jobMs: 1, agesMs: [], unknown: 50 })).toBe('single jobs');
  expect(cheapestPoll({ listMs: Number.POSITIVE_INFINITY, jobMs: 1, agesMs: [], unknown: 50 })).toBe('single jobs');
});

test('the age of a change is told by the dates of the server alone', () => {
  const clock = new ChangeClock();
  const observed = (ModifyTime: number | undefined, changedAt: number): AwaitedJob => ({
    ...{ reference: { jobId: 'j', namespace: undefined }, listeners: new Set(), startedAt: 0, dueAt: 0, polledAt: 0 },
    ...{ requestedAt: 0, executionsPolledAt: 0, missedByList: false, unreachableSince: undefined, observed: '' },
    changedAt,
    job: { Type: 'batch', Tasks: [], ...(ModifyTime !== undefined && { ModifyTime }) },
  });
  // A server whose clock is years ahead.
  const latest = observed(5e18, 1_000);
  // Unchanged for long when it was first observed.
  const old = observed(5e18 - 60e9, 900);
  const undated = [undefined, Number.NaN, Number.POSITIVE_INFINITY].map((date) => observed(date, 500));
  clock.observe([latest, old, ...undated]);
  expect(clock.ageMs(latest, 1_200)).toBe(200);
  expect(clock.ageMs(old, 1_200)).toBe(60_200);
  expect(undated.map((one) => clock.ageMs(one, 1_200))).toEqual([700, 700, 700]);
  expect(clock.ageMs({ ...latest, job: undefined }, 1_200)).toBe(1_200);
});
