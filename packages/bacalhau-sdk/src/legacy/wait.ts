import type { EventsResponse, JobState, ListedJob, ListResponse, StatesResponse } from 'bacalhau-apiclient/legacy';
import { InvalidArgumentError, RequestAbortedError, RequestTimeoutError } from '../errors/index.js';
import type { CallOptions } from '../transport/index.js';
import { LegacyJobError } from './errors.js';
import { failureCauses } from './failure.js';
import type { LegacyWaitOptions } from './options.js';
import { type Plan, progressOf } from './progress.js';
import { type LegacyRun, runsOf } from './runs.js';

/** A legacy job that ended well. */
export interface LegacyOutcome {
  readonly jobId: string;
  /** The server's last word about it. */
  readonly state: JobState;
  /** Its runs; those that count have the state `Completed`. */
  readonly runs: readonly LegacyRun[];
}

/** The calls that a wait is made of. */
export interface WaitCalls {
  states(jobId: string, options: CallOptions): Promise<StatesResponse>;
  list(options: CallOptions & { readonly id: string }): Promise<ListResponse>;
  events(jobId: string, options: CallOptions): Promise<EventsResponse>;
}

const FIRST_INTERVAL_MS = 20;
const MAX_INTERVAL_MS = 2_000;
/** A wait's interval grows with its age: a look costs at most this part of it. */
const GROWTH = 0.1;
/** A state changes before its event is stored, so the cause may take a moment to appear. */
const CAUSE_LOOKS = 5;

/** Waits until a job has ended. Completion is not pushed, so it looks now and then, more rarely as time goes by. */
export async function waitForJob(
  calls: WaitCalls,
  jobId: string,
  { timeoutMs = Number.POSITIVE_INFINITY, maxIntervalMs = MAX_INTERVAL_MS, ...options }: LegacyWaitOptions,
): Promise<LegacyOutcome> {
  if (!(maxIntervalMs > 0)) throw new InvalidArgumentError('maxIntervalMs', 'is no number of milliseconds above 0.');
  if (!(timeoutMs > 0))
    throw new InvalidArgumentError('timeoutMs', 'is no number of milliseconds above 0, or Infinity.');
  const started = performance.now();
  const age = (): number => performance.now() - started;
  let plan: Plan | undefined;
  for (let looks = 1; ; looks += 1) {
    const { state } = await calls.states(jobId, options);
    // Newer servers say themselves when a job has ended.
    plan ??= state.State === undefined ? await readPlan(calls, jobId, options) : { shards: 1, concurrency: 1 };
    const progress = progressOf(state, plan);
    const runs = runsOf(state);
    if (progress === 'completed') return { jobId, state, runs };
    if (progress !== 'running') {
      const causes = await readCauses(calls, jobId, runs, options);
      throw new LegacyJobError({ jobId, outcome: progress, causes, runs });
    }
    const pause = Math.min(maxIntervalMs, Math.max(FIRST_INTERVAL_MS, age() * GROWTH), timeoutMs - age());
    if (pause <= 0) {
      throw new RequestTimeoutError(
        `legacy.wait: job ${jobId} has not ended within ${timeoutMs} ms (${describe(runs)}). It goes on.`,
        { operation: 'legacy.wait', attempts: looks, requestId: '', outcomeUnknown: false, timeoutMs },
      );
    }
    await sleep(pause, options.signal);
    if (options.signal?.aborted) {
      throw new RequestAbortedError(
        'legacy.wait was aborted by its signal. The job goes on.',
        { operation: 'legacy.wait', attempts: looks, requestId: '', outcomeUnknown: false },
        { cause: options.signal.reason },
      );
    }
  }
}

const describe = (runs: readonly LegacyRun[]): string =>
  runs.length === 0 ? 'no node has taken it up' : runs.map(({ nodeId, state }) => `${nodeId}: ${state}`).join(', ');

async function readPlan(calls: WaitCalls, jobId: string, options: CallOptions): Promise<Plan> {
  const { jobs } = await calls.list({ ...options, id: jobId });
  const job = jobs.map(bareJob).find((found) => (found.ID ?? found.Metadata?.ID) === jobId);
  const deal = job?.Deal ?? job?.Spec.Deal;
  const executionPlan = job?.ExecutionPlan ?? job?.Spec.ExecutionPlan;
  return { shards: executionPlan?.ShardsTotal || 1, concurrency: deal?.Concurrency || 1 };
}

const bareJob = (listed: ListedJob) => ('Job' in listed ? listed.Job : listed);

async function readCauses(calls: WaitCalls, jobId: string, runs: readonly LegacyRun[], options: CallOptions) {
  for (let look = 1; ; look += 1) {
    const { events } = await calls.events(jobId, options);
    const causes = failureCauses(events, runs);
    const certain = events.some((event) => 'EventName' in event && event.EventName === 'ComputeError');
    const expected = events.some((event) => 'EventName' in event);
    if (certain || !expected || look === CAUSE_LOOKS) return causes;
    await sleep(look * FIRST_INTERVAL_MS, options.signal);
  }
}

/** Ends early when the signal is aborted; whoever called looks at the signal. */
function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done, { once: true });
  });
}
