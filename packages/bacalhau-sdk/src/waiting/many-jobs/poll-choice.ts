/** Single polls have to be so many times as good as a list: they are many requests. */
const REQUESTS_FACTOR = 1.5;
/**
 * A list shows what was when the server began to read it. One that takes longer than this, in milliseconds, is late itself:
 * it has to be so many times as good.
 */
const SLOW_LIST_MS = 200;
const SLOW_LIST_FACTOR = 1.67;
/** What changed more recently than this is as likely to change again, in milliseconds. */
const YOUNGEST_MS = 200;

/**
 * Sorts jobs so that those come first whose polls show the most. A job that has not changed for some time is likely not to
 * change for as long again, so the changes to be expected since the last poll are the time since then, divided by the age
 * of its latest change; each of them has gone unseen for half of that time. In this order each job is polled at intervals
 * in proportion to the root of that age, which makes the sum of all lags as short as so many polls can.
 */
export function byUrgency<T extends { readonly polledAt: number }>(
  jobs: readonly T[],
  { now, ageMs }: { readonly now: number; readonly ageMs: (job: T) => number },
): T[] {
  return jobs
    .map((job) => ({ job, unseen: (now - job.polledAt) ** 2 / Math.max(YOUNGEST_MS, ageMs(job)) }))
    .sort((one, other) => other.unseen - one.unseen)
    .map(({ job }) => job);
}

/** What polls cost, in milliseconds of the server's time, and what they would be for. */
export interface Choice {
  readonly listMs: number;
  readonly jobMs: number;
  /** For each job that was observed before: how long ago it changed. A list shows all changes of these. */
  readonly agesMs: readonly number[];
  /** How many jobs were not observed yet and may be among the first of the list. */
  readonly unknown: number;
}

/**
 * Chooses the polls by which changes are seen the sooner if either may take as much of the server's time: a list, which
 * shows all jobs but makes servers decode every job of the namespace, or single jobs `byUrgency`. A list has to cost less
 * than as many single polls as there are jobs, if all are equally likely to change, and than fewer of them, if not.
 */
export function cheapestPoll({ listMs, jobMs, agesMs, unknown }: Choice): 'list' | 'single jobs' {
  const likelihoods = agesMs.map((ageMs) => 1 / Math.max(YOUNGEST_MS, ageMs));
  const equallyLikely = agesMs.length === 0 ? 0 : sum(likelihoods.map(Math.sqrt)) ** 2 / sum(likelihoods);
  const factor = listMs > SLOW_LIST_MS ? 1 / SLOW_LIST_FACTOR : REQUESTS_FACTOR;
  return listMs < factor * jobMs * (equallyLikely + unknown) ? 'list' : 'single jobs';
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
