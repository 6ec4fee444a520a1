import type { EventsResponse, JobState, ListedJob, ListResponse, StatesResponse } from 'bacalhau-apiclient/legacy';
import { InvalidArgumentError } from '../errors/index.js';
import type { CallOptions } from '../http/index.js';
import { pauseMs, sleep } from '../util/index.js';
import { LegacyJobError } from './errors.js';
import { failureCauses } from './failure.js';
import { type Plan, progressOf } from './progress.js';
import { type LegacyRun, runsOf } from './runs.js';

/** A legacy job that completed. */
export interface LegacyOutcome {
  /** The full id of the job. */
  readonly jobId: string;
  /** Its last state. */
  readonly state: JobState;
  /** Its runs; those that completed it have the state `Completed`. */
  readonly runs: readonly LegacyRun[];
}

/** The calls that a wait is made of. */
export interface WaitCalls {
  states(jobId: string, options: CallOptions): Promise<StatesResponse>;
  list(options: CallOptions & { readonly id: string }): Promise<ListResponse>;
  events(jobId: string, options: CallOptions): Promise<EventsResponse>;
}

/** The first pause before the cause of a failure is requested again; it grows with each attempt. */
const CAUSE_PAUSE_MS = 20;
const MAX_INTERVAL_MS = 2_000;
/** The plan of a job whose server reports its end. */
const REPORTED_BY_SERVER: Plan = { shards: 1, concurrency: 1 };
/** A state changes before its event is stored, so the cause may appear a moment later. */
const CAUSE_ATTEMPTS = 5;

/** The settings of a wait. */
export interface WaitSettings {
  /** For the calls it makes; their signal ends the wait. */
  readonly call: CallOptions & { readonly signal: AbortSignal };
  readonly maxIntervalMs: number | undefined;
  /** Called after every poll. */
  readonly onPoll: (runs: readonly LegacyRun[]) => void;
}

/** Waits until a job has ended, by polling: servers do not notify clients. Pauses grow with time. */
export async function waitForJob(
  calls: WaitCalls,
  jobId: string,
  { call, maxIntervalMs = MAX_INTERVAL_MS, onPoll }: WaitSettings,
): Promise<LegacyOutcome> {
  if (!(maxIntervalMs > 0))
    throw new InvalidArgumentError('maxIntervalMs', 'must be a number of milliseconds above 0.');
  const started = performance.now();
  for (let plan: Plan | undefined; ; ) {
    const { state } = await calls.states(jobId, call);
    // Newer servers report when a job has ended.
    plan ??= state.State === undefined ? await readPlan(calls, jobId, call) : REPORTED_BY_SERVER;
    const progress = progressOf(state, plan);
    const runs = runsOf(state);
    if (progress === 'completed') return { jobId, state, runs };
    if (progress !== 'running') {
      throw new LegacyJobError({ jobId, outcome: progress, causes: await readCauses(calls, jobId, runs, call), runs });
    }
    onPoll(runs);
    const age = performance.now() - started;
    // After an abort the next call rejects.
    await sleep(pauseMs(age, { longestMs: maxIntervalMs }), call.signal);
  }
}

async function readPlan(calls: WaitCalls, jobId: string, options: CallOptions): Promise<Plan> {
  const { jobs } = await calls.list({ ...options, id: jobId });
  const job = jobs.map(bareJob).find((found) => (found.ID ?? found.Metadata?.ID) === jobId);
  const deal = job?.Deal ?? job?.Spec.Deal;
  const executionPlan = job?.ExecutionPlan ?? job?.Spec.ExecutionPlan;
  return { shards: executionPlan?.ShardsTotal || 1, concurrency: deal?.Concurrency || 1 };
}

const bareJob = (listed: ListedJob) => ('Job' in listed ? listed.Job : listed);

async function readCauses(calls: WaitCalls, jobId: string, runs: readonly LegacyRun[], options: WaitSettings['call']) {
  for (let attempt = 1; ; attempt += 1) {
    const { events } = await calls.events(jobId, options);
    const causes = failureCauses(events, runs);
    const certain = events.some((event) => 'EventName' in event && event.EventName === 'ComputeError');
    const expected = events.some((event) => 'EventName' in event);
    if (certain || !expected || attempt === CAUSE_ATTEMPTS) return causes;
    await sleep(attempt * CAUSE_PAUSE_MS, options.signal);
  }
}
