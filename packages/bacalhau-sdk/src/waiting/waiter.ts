import { type Execution, type Job, JobInclude } from 'bacalhau-apiclient';
import { checkIdentifier } from '../arguments/index.js';
import { InvalidArgumentError, RequestTimeoutError } from '../errors/index.js';
import { isUnreachable, type Transport, UNREACHABLE_AFTER_MS, UNREACHABLE_PAUSE_MS } from '../http/index.js';
import { hasEnded } from '../model/index.js';
import { pauseMs } from '../util/index.js';
import { AdaptiveTimeout, Cost, restMs } from './cost.js';
import type { ListPoller } from './list-poller.js';
import { earliest, type JobReference, type Listener, type Watch } from './watch.js';

/** Loaded for a second wait, and for one that hears nothing for a while. */
const seldom = () => import('./seldom.js');
type Seldom = typeof import('./seldom.js');

/** How to wait for the end of a job. */
export interface WaitOptions {
  /** How long to wait at most, in milliseconds. Default: for ever. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait, not the job. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of every change that is seen, the end included. */
  readonly onUpdate?: ((job: Job) => void) | undefined;
  /** How long the server may be out of reach before the wait fails, in milliseconds. Default: 300,000. */
  readonly unreachableAfterMs?: number | undefined;
}

/** What asking for one job costs the server, in milliseconds, before one was asked for. */
const PRESUMED_GET_MS = 1.5;
/** A job of which nothing was heard for this long is asked for with its executions, now and then. */
const STILL_MS = 10_000;

/**
 * One loop for all waits of a client. Servers do not tell when a job has ended, so they are asked: job by job while
 * there are few, by one list sorted by change when that is cheaper. What either costs is measured as it goes.
 */
export class Waiter {
  readonly transport: Transport;
  readonly getCost = new Cost(PRESUMED_GET_MS);
  readonly requestTimeout = new AdaptiveTimeout();
  readonly #watches = new Map<string, Watch>();
  #seldom: Seldom | undefined;
  #lists: ListPoller | undefined;
  #loading: Promise<void> | undefined;
  #running = false;
  /** Ends the loop's sleep, where that may be cut short for a new watch. */
  #wake: (() => void) | undefined;
  /** Ends it in any case. */
  #rouse: (() => void) | undefined;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** Resolves with the job once it has ended, however it did. */
  async wait(job: JobReference, options: WaitOptions = {}): Promise<Job> {
    checkIdentifier(job.jobId, 'jobId');
    const { timeoutMs, signal, onUpdate, unreachableAfterMs = UNREACHABLE_AFTER_MS } = options;
    checkUnreachableAfter(unreachableAfterMs);
    let share: { readonly watch: Watch; readonly listener: Listener } | undefined;
    try {
      return await this.transport.withDeadline('job.wait', { timeoutMs, signal }, (cut) => {
        return new Promise<Job>((resolve, reject) => {
          // Not before: a watch that a refused wait left behind would be looked at for ever.
          const watch = this.#watch(job);
          const listener = { onUpdate, unreachableAfterMs, resolve, reject };
          share = { watch, listener };
          watch.listeners.add(listener);
          if (cut.aborted) reject(cut.reason);
          cut.addEventListener('abort', () => reject(cut.reason), { once: true });
          this.#start();
        });
      });
    } catch (error) {
      if (!(error instanceof RequestTimeoutError)) throw error;
      const state = share?.watch.last?.State?.StateType ?? 'unknown';
      throw new RequestTimeoutError(`Job ${job.jobId} has not ended within ${timeoutMs} ms; it is ${state}.`, error);
    } finally {
      if (share !== undefined) this.#leave(share.watch, share.listener);
    }
  }

  #watch(job: JobReference): Watch {
    const key = keyOf(job);
    const existing = this.#watches.get(key);
    if (existing !== undefined) return existing;
    const now = performance.now();
    const watch: Watch = {
      job,
      listeners: new Set(),
      startedAt: now,
      dueAt: now,
      askedAt: 0,
      executionsAskedAt: now,
      missedByList: false,
      unreachableSince: undefined,
      seen: undefined,
      changedAt: now,
      last: undefined,
    };
    this.#watches.set(key, watch);
    return watch;
  }

  watches(): Watch[] {
    return [...this.#watches.values()];
  }

  #leave(watch: Watch, listener: Listener): void {
    watch.listeners.delete(listener);
    if (watch.listeners.size > 0) return;
    this.#watches.delete(keyOf(watch.job));
    if (this.#watches.size === 0) this.#rouse?.();
  }

  #start(): void {
    if (this.#watches.size > 1) this.#load();
    this.#wake?.();
    if (this.#running) return;
    this.#running = true;
    this.#loop()
      .catch((error: unknown) => this.#failAll(this.watches(), error))
      .finally(() => {
        this.#running = false;
        if (this.#watches.size > 0) this.#start();
      });
  }

  /** Nothing waits for this: meanwhile, and if it fails, jobs are asked for one by one. The next time it is tried again. */
  #load(): void {
    this.#loading ??= seldom().then(
      (loaded) => {
        this.#seldom = loaded;
        this.#lists = new loaded.ListPoller(this);
      },
      () => {
        this.#loading = undefined;
      },
    );
  }

  async #loop(): Promise<void> {
    for (;;) {
      const now = performance.now();
      const first = earliest(this.watches(), 'dueAt');
      if (first === undefined) return;
      if (first.dueAt > now) {
        await this.#sleep(first.dueAt - now);
        continue;
      }
      const workMs = await (this.#lists?.lookFor(first) ?? this.pollJob(first));
      // After a failure there is a pause of its own.
      if (workMs !== undefined && this.#watches.size > 0) await this.#sleep(restMs(workMs), false);
    }
  }

  /** Returns what work it was, in milliseconds of the server's time; nothing if it failed. */
  async pollJob(watch: Watch): Promise<number | undefined> {
    const { jobId, namespace } = watch.job;
    const began = performance.now();
    const isStill = began - watch.changedAt >= STILL_MS && began - watch.executionsAskedAt >= STILL_MS;
    const include = isStill ? [JobInclude.Executions] : undefined;
    watch.askedAt = began;
    if (isStill) watch.executionsAskedAt = began;
    watch.missedByList = false;
    try {
      const { Job: job, Executions } = await this.transport.call(
        {
          name: 'job.wait',
          safe: true,
          requiredField: 'Job',
          jobId,
          send: ({ jobs }, request) => jobs.getJob({ jobId, namespace, include }, request),
        },
        { timeoutMs: this.requestTimeout.ms, maxRetries: 0 },
      );
      if (!isStill) this.getCost.record(performance.now() - began);
      this.requestTimeout.answered(performance.now() - began);
      this.see(watch, isStill ? await this.#unlessForgotten(job, Executions?.Items ?? []) : job);
      this.reached([watch]);
    } catch (error) {
      this.failed([watch], error);
      return undefined;
    }
    const now = performance.now();
    watch.dueAt = now + pauseMs(now - watch.startedAt);
    return this.getCost.ms;
  }

  /** What it takes to tell is not waited for: without it the next look will do. */
  async #unlessForgotten(job: Job, executions: readonly Execution[]): Promise<Job> {
    if (hasEnded(job) || executions.length === 0) return job;
    this.#load();
    const known = this.#seldom;
    if (known === undefined) return job;
    return known.isForgotten(job, executions, await this.transport.serverRelease()) ? known.asCompleted(job) : job;
  }

  see(watch: Watch, job: Job): void {
    const ended = hasEnded(job);
    const seen = `${job.Version}/${job.Revision}/${job.ModifyTime}/${job.State?.StateType}`;
    watch.last = job;
    if (seen !== watch.seen) {
      watch.seen = seen;
      watch.changedAt = performance.now();
      for (const { onUpdate, reject } of watch.listeners) {
        try {
          const told: unknown = onUpdate?.(job);
          if (told instanceof Promise) told.catch(reject);
        } catch (error) {
          reject(error); // The caller's own mistake goes to the caller.
        }
      }
    }
    if (ended) for (const { resolve } of watch.listeners) resolve(job);
  }

  reached(watches: readonly Watch[]): void {
    for (const watch of watches) watch.unreachableSince = undefined;
  }

  /** A server that is gone for a while does not end a wait; one that says no does. */
  failed(watches: readonly Watch[], error: unknown): void {
    if (!isUnreachable(error)) {
      this.#failAll(watches, error);
      return;
    }
    if (error instanceof RequestTimeoutError) this.requestTimeout.timedOut();
    const now = performance.now();
    for (const watch of watches) {
      watch.unreachableSince ??= now;
      for (const { unreachableAfterMs, reject } of watch.listeners) {
        if (now - watch.unreachableSince >= unreachableAfterMs) reject(error);
      }
    }
    // One failure speaks for all: the others need not run into it too.
    for (const watch of this.watches()) watch.dueAt = Math.max(watch.dueAt, now + UNREACHABLE_PAUSE_MS);
  }

  #failAll(watches: readonly Watch[], error: unknown): void {
    for (const watch of watches) {
      watch.dueAt = performance.now() + UNREACHABLE_PAUSE_MS;
      for (const { reject } of watch.listeners) reject(error);
    }
  }

  /** Waits, and no longer than until there is no watch left or, if `wakeable`, a new one. */
  #sleep(ms: number, wakeable = true): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#rouse = undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      this.#rouse = done;
      if (wakeable) this.#wake = done;
    });
  }
}

const keyOf = ({ jobId, namespace = '' }: JobReference): string => `${namespace}\0${jobId}`;

export function checkUnreachableAfter(unreachableAfterMs: number | undefined): void {
  if (unreachableAfterMs === undefined) return;
  if (typeof unreachableAfterMs === 'number' && unreachableAfterMs >= 0) return;
  throw new InvalidArgumentError('unreachableAfterMs', `is ${unreachableAfterMs}. Use milliseconds from 0 up.`);
}
