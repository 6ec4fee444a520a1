import { type Job, JobInclude } from 'bacalhau-apiclient';
import { InvalidArgumentError, RequestTimeoutError } from '../errors/index.js';
import { hasEnded } from '../model/index.js';
import { checkIdentifier } from '../spec/index.js';
import { defined, isOutage, LONGEST_OUTAGE_MS, OUTAGE_PAUSE_MS, type Transport } from '../transport/index.js';
import { asCompleted, isForgotten } from './forgotten.js';
import { LatestChanges } from './latest-changes.js';
import { Cost, jobPauseMs, listPauseMs, Patience, restMs } from './pace.js';

/** A job by id or name, and where. */
export interface JobReference {
  readonly jobId: string;
  readonly namespace: string | undefined;
}

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

/** A wait's share in the watch of its job. */
interface Listener {
  readonly onUpdate: ((job: Job) => void) | undefined;
  readonly unreachableAfterMs: number;
  readonly resolve: (job: Job) => void;
  readonly reject: (error: unknown) => void;
}

/** A job that somebody waits for. */
interface Watch {
  readonly job: JobReference;
  readonly listeners: Set<Listener>;
  readonly startedAt: number;
  dueAt: number;
  /** When the job itself was asked for last, and when with its executions. */
  askedAt: number;
  executionsAskedAt: number;
  /** Whether a list may have kept back what there is of it. */
  isOverlooked: boolean;
  /** Since when the server has not answered. */
  unreachableSince: number | undefined;
  seen: string | undefined;
  /** When the last change was seen. */
  changedAt: number;
  last: Job | undefined;
}

/** What asking for one job costs the server, in milliseconds, before one was asked for. */
const PRESUMED_GET_MS = 1.5;
/** Beside a list, one job is asked for by itself this often, the one that was not for the longest time. */
const DIRECT_EVERY_MS = 2_000;

/** A job of which nothing was heard for this long is asked for with its executions, now and then. */
const STILL_MS = 10_000;

/** Only a whole id can be recognised in a list. */
const isWholeId = (id: string): boolean =>
  /^(j-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);

/**
 * One loop for all waits of a client. Servers do not tell when a job has ended, so they are asked: job by job while
 * there are few, by one list sorted by change when that is cheaper. What either costs is measured as it goes.
 */
export class Waiter {
  readonly #transport: Transport;
  readonly #watches = new Map<string, Watch>();
  readonly #getCost = new Cost(PRESUMED_GET_MS);
  readonly #patience = new Patience();
  /** Of each namespace. */
  readonly #changes = new Map<string | undefined, LatestChanges>();
  #running = false;
  /** Ends the loop's sleep, where that may be cut short for a new watch. */
  #wake: (() => void) | undefined;
  /** Ends it in any case. */
  #rouse: (() => void) | undefined;
  #lastDirectAt = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Resolves with the job once it has ended, however it did. */
  async wait(job: JobReference, options: WaitOptions = {}): Promise<Job> {
    checkIdentifier(job.jobId, 'jobId');
    const { timeoutMs, signal, onUpdate, unreachableAfterMs = LONGEST_OUTAGE_MS } = options;
    checkPatience(unreachableAfterMs);
    let share: { readonly watch: Watch; readonly listener: Listener } | undefined;
    try {
      return await this.#transport.hold('job.wait', { timeoutMs, signal }, (cut) => {
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
      isOverlooked: false,
      unreachableSince: undefined,
      seen: undefined,
      changedAt: now,
      last: undefined,
    };
    this.#watches.set(key, watch);
    return watch;
  }

  #leave(watch: Watch, listener: Listener): void {
    watch.listeners.delete(listener);
    if (watch.listeners.size > 0) return;
    this.#watches.delete(keyOf(watch.job));
    if (this.#watches.size === 0) this.#rouse?.();
  }

  #start(): void {
    this.#wake?.();
    if (this.#running) return;
    this.#running = true;
    this.#loop()
      .catch((error: unknown) => this.#failAll([...this.#watches.values()], error))
      .finally(() => {
        this.#running = false;
        if (this.#watches.size > 0) this.#start();
      });
  }

  async #loop(): Promise<void> {
    for (;;) {
      const now = performance.now();
      const first = least([...this.#watches.values()], 'dueAt');
      if (first === undefined) return;
      if (first.dueAt > now) {
        await this.#sleep(first.dueAt - now);
        continue;
      }
      const together = this.#listable(first.job.namespace);
      const workMs =
        together.includes(first) && this.#listIsCheaper(together)
          ? await this.#lookAtList(first.job.namespace, together)
          : await this.#lookAtJob(first);
      // After a failure there is a pause of its own.
      if (workMs !== undefined && this.#watches.size > 0) await this.#sleep(restMs(workMs), false);
    }
  }

  /** The watches of a namespace that a list can answer for: an id finds a job of any namespace, a list does not. */
  #listable(namespace: string | undefined): Watch[] {
    return [...this.#watches.values()].filter(
      ({ job, last }) =>
        job.namespace === namespace &&
        isWholeId(job.jobId) &&
        (namespace === undefined || last === undefined || last.Namespace === namespace),
    );
  }

  #listIsCheaper(watches: readonly Watch[]): boolean {
    const [first] = watches;
    if (first === undefined || watches.length < 2) return false;
    return this.#changesIn(first.job.namespace).costMs < watches.length * this.#getCost.ms;
  }

  #changesIn(namespace: string | undefined): LatestChanges {
    const known = this.#changes.get(namespace);
    if (known !== undefined) return known;
    const changes = new LatestChanges(async ({ limit, nextToken }) => {
      const asked = performance.now();
      const page = await this.#transport.call(
        {
          name: 'job.wait',
          safe: true,
          part: 'Items',
          send: ({ jobs }, request) =>
            jobs.listJobs(
              { limit, orderBy: 'modified_at', reverse: true, ...defined({ namespace, nextToken }) },
              request,
            ),
        },
        { timeoutMs: this.#patience.ms, maxRetries: 0 },
      );
      this.#patience.answered(performance.now() - asked);
      return page;
    });
    this.#changes.set(namespace, changes);
    return changes;
  }

  /** Returns what work it was, in milliseconds of the server's time; nothing if it failed. */
  async #lookAtJob(watch: Watch): Promise<number | undefined> {
    const { jobId, namespace } = watch.job;
    const began = performance.now();
    const isStill = began - watch.changedAt >= STILL_MS && began - watch.executionsAskedAt >= STILL_MS;
    const include = isStill ? [JobInclude.Executions] : undefined;
    watch.askedAt = began;
    if (isStill) watch.executionsAskedAt = began;
    watch.isOverlooked = false;
    try {
      const { Job: job, Executions } = await this.#transport.call(
        {
          name: 'job.wait',
          safe: true,
          part: 'Job',
          send: ({ jobs }, request) => jobs.getJob({ jobId, ...defined({ namespace, include }) }, request),
        },
        { timeoutMs: this.#patience.ms, maxRetries: 0 },
      );
      if (!isStill) this.#getCost.learn(performance.now() - began);
      this.#patience.answered(performance.now() - began);
      const executions = Executions?.Items ?? [];
      const release = executions.length > 0 ? await this.#transport.serverRelease() : undefined;
      this.#see(watch, isForgotten(job, executions, release) ? asCompleted(job) : job);
      this.#reached([watch]);
    } catch (error) {
      this.#failed([watch], error);
      return undefined;
    }
    const now = performance.now();
    watch.dueAt = now + jobPauseMs(now - watch.startedAt);
    return this.#getCost.ms;
  }

  /** Returns what work it was, in milliseconds of the server's time; nothing if it failed. */
  async #lookAtList(namespace: string | undefined, watches: readonly Watch[]): Promise<number | undefined> {
    const changes = this.#changesIn(namespace);
    const missing = new Map(watches.map((watch) => [watch.job.jobId, watch]));
    /** Those of which the list may not have told what there is. */
    const overlooked = (isWhole: boolean): Watch[] =>
      [...missing.values()].filter(({ last }) => !isWhole || last === undefined);
    let listMs: number;
    try {
      const { isWhole, workMs } = await changes.read({
        onJob: (job) => {
          const watch = missing.get(job.ID ?? '');
          if (watch === undefined) return;
          missing.delete(watch.job.jobId);
          this.#see(watch, job);
        },
        wantsMore: ({ isWhole, size }) => {
          // A job that has not changed is looked for once; if it is further back then, it is asked for by itself.
          const sought = overlooked(isWhole).filter(({ isOverlooked }) => !isWhole || !isOverlooked);
          return changes.costMs < Math.min(sought.length, size) * this.#getCost.ms;
        },
      });
      for (const watch of overlooked(isWhole)) watch.isOverlooked = true;
      this.#reached(watches);
      listMs = workMs;
    } catch (error) {
      // Who may not list jobs may still be told of each of them.
      if (isOutage(error)) this.#failed(watches, error);
      else changes.refused();
      return undefined;
    }
    const now = performance.now();
    const youngest = now - Math.max(...watches.map(({ startedAt }) => startedAt));
    const dueAt = now + listPauseMs(youngest, watches.length);
    for (const watch of watches) watch.dueAt = dueAt;
    // No longer than a page takes: what changes meanwhile is for the next list.
    const besideMs = await this.#lookBeside(watches, changes.costMs);
    return besideMs === undefined ? undefined : listMs + besideMs;
  }

  /**
   * Asks for jobs by themselves: for those that a list did not show, as many as fit into the given time, and now and
   * then for one of the others. Returns as `#lookAtJob` does.
   */
  async #lookBeside(watches: readonly Watch[], forMs: number): Promise<number | undefined> {
    const end = performance.now() + forMs;
    let workMs = 0;
    do {
      const left = watches.filter((watch) => this.#watches.get(keyOf(watch.job)) === watch && watch.listeners.size > 0);
      const watch =
        least(
          left.filter(({ isOverlooked }) => isOverlooked),
          'askedAt',
        ) ?? this.#stalest(left);
      if (watch === undefined) break;
      const { dueAt } = watch;
      const work = await this.#lookAtJob(watch);
      if (work === undefined) return undefined;
      workMs += work;
      watch.dueAt = dueAt;
    } while (performance.now() < end);
    return workMs;
  }

  /** The one that was not asked for by itself for the longest time, if it is time for one again. */
  #stalest(watches: readonly Watch[]): Watch | undefined {
    const now = performance.now();
    if (now - this.#lastDirectAt < DIRECT_EVERY_MS) return undefined;
    this.#lastDirectAt = now;
    return least(watches, 'askedAt');
  }

  #see(watch: Watch, job: Job): void {
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

  #reached(watches: readonly Watch[]): void {
    for (const watch of watches) watch.unreachableSince = undefined;
  }

  /** A server that is gone for a while does not end a wait; one that says no does. */
  #failed(watches: readonly Watch[], error: unknown): void {
    if (!isOutage(error)) {
      this.#failAll(watches, error);
      return;
    }
    if (error instanceof RequestTimeoutError) this.#patience.inVain();
    const now = performance.now();
    for (const watch of watches) {
      watch.unreachableSince ??= now;
      for (const { unreachableAfterMs, reject } of watch.listeners) {
        if (now - watch.unreachableSince >= unreachableAfterMs) reject(error);
      }
    }
    // One failure speaks for all: the others need not run into it too.
    for (const watch of this.#watches.values()) watch.dueAt = Math.max(watch.dueAt, now + OUTAGE_PAUSE_MS);
  }

  #failAll(watches: readonly Watch[], error: unknown): void {
    for (const watch of watches) {
      watch.dueAt = performance.now() + OUTAGE_PAUSE_MS;
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

/** The one with the earliest of such times; the first of several. */
function least(watches: readonly Watch[], time: 'dueAt' | 'askedAt'): Watch | undefined {
  return watches.reduce<Watch | undefined>((one, other) => (one && one[time] <= other[time] ? one : other), undefined);
}

const keyOf = ({ jobId, namespace = '' }: JobReference): string => `${namespace}\0${jobId}`;

export function checkPatience(unreachableAfterMs: number | undefined): void {
  if (unreachableAfterMs === undefined) return;
  if (typeof unreachableAfterMs === 'number' && unreachableAfterMs >= 0) return;
  throw new InvalidArgumentError('unreachableAfterMs', `is ${unreachableAfterMs}. Use milliseconds from 0 up.`);
}
