import { type Execution, type Job, JobInclude } from 'bacalhau-apiclient';
import { checkIdentifier } from '../arguments/index.js';
import { getJob, listJobs } from '../calls/index.js';
import { RequestTimeoutError, UnexpectedResponseError } from '../errors/index.js';
import { ApiResource, type RunPart, type Transport, waitPolicy } from '../http/index.js';
import { hasEnded } from '../model/index.js';
import { isOwnJob } from '../spec/index.js';
import { callListener, pauseMs } from '../util/index.js';
import { AdaptiveTimeout } from './adaptive-timeout.js';
import {
  type AwaitedJob,
  asPartOfWait,
  type EndedJob,
  firstDue,
  type JobReference,
  type JobToAwait,
  MANY_JOBS,
  type WaitListener,
} from './awaited-job.js';
import { asCompleted, isForgotten } from './forgotten-job.js';
import {
  type JobPage,
  loadManyJobsPoller,
  type ManyJobsPoller,
  type PageRequest,
  type PollingLoop,
} from './many-jobs/index.js';
import { checkListener, checkUnreachableAfter, type WaitOptions } from './options.js';
import { idleMs, RequestCost } from './request-cost.js';
import { StrangersJobError } from './strangers-job-error.js';

/** What requesting one job is presumed to cost the server, in milliseconds, before the first request. */
const PRESUMED_JOB_MS = 1.5;
/**
 * A job that has not changed for this long, in milliseconds, is requested with its executions; then again whenever this time
 * has doubled, but once in the longest interval at least. Servers send the job a second time with each execution.
 */
const UNCHANGED_MS = 10_000;
const LONGEST_UNCHECKED_MS = 60_000;

/**
 * Runs one loop for all waits of a client. Servers do not notify of the end of a job, so they are polled: job by job while
 * there are few; if there are many, those that are the most likely to have changed, or all of them by one list sorted by
 * change, where that is cheaper. What either costs is measured on the way.
 */
export class Waiter {
  readonly #transport: Transport;
  readonly #jobCost = new RequestCost(PRESUMED_JOB_MS);
  readonly #requestTimeout = new AdaptiveTimeout();
  readonly #awaited = new Map<string, AwaitedJob>();
  /** Undefined until there are many jobs. */
  #manyJobs: Promise<ManyJobsPoller | undefined> | undefined;
  readonly #confirmed = new WeakSet<WaitListener>();
  #isRunning = false;
  /** Since when the server has answered no poll. */
  #silentSince: number | undefined;
  /** Ends the loop's sleep for a new job; unset while the server is left idle. */
  #onJobAdded: (() => void) | undefined;
  /** Ends the loop's sleep when nothing is waited for any more. */
  #onNoJobLeft: (() => void) | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Resolves with a job once it has ended, in whatever state.
   *
   * @throws {StrangersJobError} if the id is another job's than the one that was submitted.
   */
  wait(job: JobToAwait, options: WaitOptions = {}): Promise<EndedJob> {
    const { jobId, namespace } = job;
    return this.#transport.observe({ name: 'job.wait', jobId, namespace }, (runPart) =>
      this.#wait(job, options, runPart),
    );
  }

  async #wait(
    { identity, expectedMs = 0, withExecutions = false, ...reference }: JobToAwait,
    options: WaitOptions,
    runPart: RunPart,
  ): Promise<EndedJob> {
    checkIdentifier(reference.jobId, 'jobId');
    const { timeoutMs, signal, onUpdate, unreachableAfterMs = waitPolicy.longestMs } = options;
    checkUnreachableAfter(unreachableAfterMs);
    checkListener(onUpdate, 'onUpdate');
    let added: { readonly awaited: AwaitedJob; readonly listener: WaitListener } | undefined;
    try {
      return await this.#transport.withDeadline('job.wait', { timeoutMs, signal }, (aborted) => {
        return new Promise<EndedJob>((resolve, reject) => {
          // Not before the deadline has begun: a job whose wait was refused would be polled for ever.
          const awaited = this.#awaitedJob(reference, expectedMs);
          const listener = { onUpdate, unreachableAfterMs, identity, withExecutions, runPart, resolve, reject };
          added = { awaited, listener };
          awaited.listeners.add(listener);
          if (aborted.aborted) reject(aborted.reason);
          aborted.addEventListener('abort', () => reject(aborted.reason), { once: true });
          this.#start();
        });
      });
    } catch (error) {
      if (!(error instanceof RequestTimeoutError)) throw error;
      const state = added?.awaited.job?.State?.StateType ?? 'unknown';
      throw new RequestTimeoutError(
        `Job ${reference.jobId} has not ended within ${timeoutMs} ms; it is ${state}.`,
        error,
      );
    } finally {
      if (added !== undefined) this.#remove(added.awaited, added.listener);
    }
  }

  #manyJobsPoller(): Promise<ManyJobsPoller | undefined> | undefined {
    if (this.#manyJobs === undefined && this.#awaited.size >= MANY_JOBS) {
      this.#manyJobs = loadManyJobsPoller().then(
        ({ ManyJobsPoller }) => new ManyJobsPoller(this.#pollingLoop()),
        // A page that cannot load it polls each job alone.
        () => undefined,
      );
    }
    return this.#manyJobs;
  }

  #pollingLoop(): PollingLoop {
    const jobCost = this.#jobCost;
    return {
      awaitedJobs: () => [...this.#awaited.values()],
      get jobCostMs() {
        return jobCost.ms;
      },
      listPage: (namespace, page) => this.#listPage(namespace, page),
      pollJobs: (awaited) => this.#pollJobs(awaited),
      update: (awaited, job) => this.#update(awaited, job),
      serverAnswered: (awaited) => this.#serverAnswered(awaited),
      pollFailed: (awaited, error) => this.#pollFailed(awaited, error),
    };
  }

  #awaitedJob(reference: JobReference, expectedMs: number): AwaitedJob {
    const key = keyOf(reference);
    const existing = this.#awaited.get(key);
    if (existing !== undefined) return existing;
    const now = performance.now();
    const awaited: AwaitedJob = {
      reference,
      listeners: new Set(),
      startedAt: now,
      dueAt: now + expectedMs,
      polledAt: now,
      requestedAt: 0,
      executionsPolledAt: now,
      missedByList: false,
      unreachableSince: undefined,
      observed: undefined,
      changedAt: now,
      job: undefined,
    };
    this.#awaited.set(key, awaited);
    return awaited;
  }

  #remove(awaited: AwaitedJob, listener: WaitListener): void {
    awaited.listeners.delete(listener);
    if (awaited.listeners.size > 0) return;
    this.#awaited.delete(keyOf(awaited.reference));
    if (this.#awaited.size === 0) this.#onNoJobLeft?.();
  }

  #start(): void {
    this.#onJobAdded?.();
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#loop()
      .catch((error: unknown) => this.#rejectAll([...this.#awaited.values()], error))
      .finally(() => {
        this.#isRunning = false;
        if (this.#awaited.size > 0) this.#start();
      });
  }

  async #loop(): Promise<void> {
    for (;;) {
      const now = performance.now();
      const next = firstDue([...this.#awaited.values()]);
      if (next === undefined) return;
      if (next.dueAt > now) {
        await this.#sleep(next.dueAt - now, { untilJobAdded: true });
        continue;
      }
      const workMs = await asPartOfWait(next, async () => {
        const manyJobs = await this.#manyJobsPoller();
        return manyJobs?.poll() ?? this.#pollJobs([next]);
      });
      // After a failure there is a pause of its own.
      if (workMs !== undefined && this.#awaited.size > 0) await this.#sleep(idleMs(workMs), { untilJobAdded: false });
    }
  }

  /** Polls jobs by themselves, at once. Resolves with the server's work in milliseconds; undefined if one failed. */
  async #pollJobs(jobs: readonly AwaitedJob[]): Promise<number | undefined> {
    const beganAt = performance.now();
    const polls = await Promise.all(jobs.map((awaited) => this.#pollJob(awaited)));
    if (polls.includes('failed')) return undefined;
    if (!polls.includes('with executions')) this.#jobCost.record((performance.now() - beganAt) / jobs.length);
    return this.#jobCost.ms * jobs.length;
  }

  async #pollJob(awaited: AwaitedJob): Promise<'job' | 'with executions' | 'failed'> {
    const { jobId, namespace } = awaited.reference;
    const beganAt = performance.now();
    const isUnchanged = mayBeForgotten(awaited, beganAt);
    const wantsExecutions = isUnchanged || [...awaited.listeners].some(({ withExecutions }) => withExecutions);
    const include = wantsExecutions ? [JobInclude.Executions] : undefined;
    awaited.polledAt = beganAt;
    awaited.requestedAt = beganAt;
    if (isUnchanged) awaited.executionsPolledAt = beganAt;
    awaited.missedByList = false;
    try {
      const { Job: job, Executions } = await asPartOfWait(awaited, () =>
        getJob(this.#api(namespace), jobId, { include, ...this.#callOptions() }),
      );
      this.#requestTimeout.answered(performance.now() - beganAt);
      const executions = Executions?.Items ?? undefined;
      this.#update(awaited, isUnchanged ? await this.#unlessForgotten(job, executions ?? []) : job, executions);
      this.#serverAnswered([awaited]);
    } catch (error) {
      this.#pollFailed([awaited], error);
      return 'failed';
    }
    const now = performance.now();
    awaited.dueAt = now + pauseMs(now - awaited.startedAt);
    return isUnchanged ? 'with executions' : 'job';
  }

  async #listPage(namespace: string | undefined, { limit, nextToken }: PageRequest): Promise<JobPage> {
    const requestedAt = performance.now();
    const answer = await listJobs(this.#api(namespace), {
      limit,
      nextToken,
      orderBy: 'modified_at',
      reverse: true,
      ...this.#callOptions(),
    });
    this.#requestTimeout.answered(performance.now() - requestedAt);
    return answer;
  }

  #api(namespace: string | undefined): ApiResource {
    return new ApiResource(this.#transport, { namespace, operation: 'job.wait' });
  }

  #callOptions() {
    return { timeoutMs: this.#requestTimeout.ms, maxRetries: 0 };
  }

  async #unlessForgotten(job: Job, executions: readonly Execution[]): Promise<Job> {
    if (hasEnded(job) || executions.length === 0) return job;
    return isForgotten(job, executions, await this.#transport.serverRelease()) ? asCompleted(job) : job;
  }

  #update(awaited: AwaitedJob, job: Job, executions?: readonly Execution[]): void {
    this.#rejectStrangers(awaited, job);
    if (awaited.listeners.size === 0) return;
    const observed = `${job.Version}/${job.Revision}/${job.ModifyTime}/${job.State?.StateType}`;
    awaited.job = job;
    if (observed !== awaited.observed) {
      awaited.observed = observed;
      awaited.changedAt = performance.now();
      for (const { onUpdate, reject } of awaited.listeners) {
        // The caller's own mistake goes to the caller.
        callListener(() => onUpdate?.(job), reject);
      }
    }
    if (hasEnded(job)) for (const { resolve } of awaited.listeners) resolve({ job, executions });
  }

  /** Ends the waits of those whose job this is not: the server gave them its id by mistake. */
  #rejectStrangers({ reference, listeners }: AwaitedJob, job: Job): void {
    for (const listener of listeners) {
      const { identity, reject } = listener;
      // Once it was seen to be the right one, it may get another specification.
      if (identity === undefined || this.#confirmed.has(listener)) continue;
      if (isOwnJob(job, identity)) this.#confirmed.add(listener);
      else {
        listeners.delete(listener);
        reject(new StrangersJobError(reference.jobId, identity));
      }
    }
  }

  #serverAnswered(awaited: readonly AwaitedJob[]): void {
    this.#silentSince = undefined;
    for (const one of awaited) one.unreachableSince = undefined;
  }

  /** Handles a failed poll. A server that is unreachable for a while does not end a wait; one that refuses does. */
  #pollFailed(awaited: readonly AwaitedJob[], error: unknown): void {
    if (!waitPolicy.isRetryable(error)) {
      this.#rejectAll(awaited, error);
      return;
    }
    // A web server that was never seen to be an orchestrator will not become one.
    const isStranger = error instanceof UnexpectedResponseError && error.serverVersion === undefined;
    if (isStranger && error.status >= 300) {
      const unknown = awaited.filter(({ job, listeners }) => job === undefined && ![...listeners].some(wasSubmitted));
      if (unknown.length > 0) this.#rejectAll(unknown, error);
    }
    if (error instanceof RequestTimeoutError) this.#requestTimeout.timedOut();
    const now = performance.now();
    this.#silentSince ??= now;
    // A list that fails says nothing of its jobs but that the server is silent.
    const isList = awaited.length > 1;
    for (const one of awaited) {
      if (!isList) one.unreachableSince ??= now;
      const since = isList ? Math.max(one.startedAt, this.#silentSince) : (one.unreachableSince ?? now);
      for (const { unreachableAfterMs, reject } of one.listeners) {
        if (now - since >= unreachableAfterMs) reject(error);
      }
    }
    // One failure is enough to know: the other polls need not run into it too.
    for (const one of this.#awaited.values()) one.dueAt = Math.max(one.dueAt, now + waitPolicy.pauseMs);
  }

  #rejectAll(awaited: readonly AwaitedJob[], error: unknown): void {
    for (const one of awaited) {
      one.dueAt = performance.now() + waitPolicy.pauseMs;
      for (const { reject } of one.listeners) reject(error);
    }
  }

  /** Sleeps, but no longer than until nothing is waited for any more or, if wanted, until a job is added. */
  #sleep(ms: number, { untilJobAdded }: { readonly untilJobAdded: boolean }): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#onJobAdded = undefined;
        this.#onNoJobLeft = undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      this.#onNoJobLeft = done;
      if (untilJobAdded) this.#onJobAdded = done;
    });
  }
}

function mayBeForgotten({ changedAt, executionsPolledAt }: AwaitedJob, now: number): boolean {
  if (now - changedAt < UNCHANGED_MS) return false;
  const intervalMs = Math.min(LONGEST_UNCHECKED_MS, Math.max(UNCHANGED_MS, executionsPolledAt - changedAt));
  return now - executionsPolledAt >= intervalMs;
}

const wasSubmitted = ({ identity }: WaitListener): boolean => identity !== undefined;

const keyOf = ({ jobId, namespace = '' }: JobReference): string => `${namespace}\0${jobId}`;
