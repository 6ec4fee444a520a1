import type { Execution, Job } from 'bacalhau-apiclient';
import { getJob, listExecutions } from '../calls/index.js';
import { RequestAbortedError } from '../errors/index.js';
import { ApiResource, logPolicy, type Transport } from '../http/index.js';
import { hasEnded, type ServerRelease } from '../model/index.js';
import { pauseMs } from '../util/index.js';
import { type ExecutionStatus, statusOf } from './execution-status.js';
import type { LogLimits } from './limits.js';

/** An execution and what its state means. */
export interface MonitoredExecution {
  readonly execution: Execution;
  readonly status: ExecutionStatus;
}

export interface JobMonitorOptions {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly limits: LogLimits;
  /** Aborts the calls of the monitor; `stop` ends the monitor itself. */
  readonly signal: AbortSignal;
}

/** Polls the job and its executions for as long as its output is read. */
export class JobMonitor {
  readonly #options: JobMonitorOptions;
  readonly #api: ApiResource;
  readonly #waiters = new Set<() => void>();
  #job: Job | undefined;
  #release: ServerRelease | undefined;
  #executions: ReadonlyMap<string, MonitoredExecution> = new Map();
  #quietSince = performance.now();
  #reachedAt = 0;
  #endPause: (() => void) | undefined;
  #isStopped = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: JobMonitorOptions) {
    this.#options = options;
    const { transport, namespace } = options;
    this.#api = new ApiResource(transport, { namespace, operation: 'job.logs' });
  }

  /** Polls for the first time. */
  async start(): Promise<void> {
    this.#release = await this.#options.transport.serverRelease(this.#callOptions());
    await this.#pollJob();
    await this.#pollExecutions();
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get release(): ServerRelease | undefined {
    return this.#release;
  }

  get hasJobEnded(): boolean {
    return this.#job !== undefined && hasEnded(this.#job);
  }

  /** Oldest first, those of all versions of the job. */
  get executions(): readonly MonitoredExecution[] {
    return [...this.#executions.values()];
  }

  /** When the server last responded, in the time of `performance.now()`. */
  get reachedAt(): number {
    return this.#reachedAt;
  }

  execution(id: string): MonitoredExecution | undefined {
    return this.#executions.get(id);
  }

  stop(): void {
    this.#isStopped = true;
    this.#endPause?.();
    this.#notify();
  }

  /** Polls until it is stopped. Rejects when the server is out of reach for too long, or no longer knows the job. */
  async run(): Promise<void> {
    const { limits } = this.#options;
    this.#reachedAt = performance.now();
    for (;;) {
      await this.#pause();
      if (this.#isStopped) return;
      try {
        await this.#poll();
      } catch (error) {
        if (this.#isStopped || error instanceof RequestAbortedError) return;
        if (!logPolicy.isRetryable(error) || performance.now() - this.#reachedAt > limits.unreachableAfterMs) {
          this.#failure = { error };
          this.#notify();
          throw error;
        }
      }
    }
  }

  /** Polls at once, and often for a while: something happened that the job's state will show. */
  pollNow(): void {
    this.#quietSince = performance.now();
    this.#endPause?.();
  }

  /** Resolves when `condition` is true after a poll, when the time is over, or when the monitor was stopped. */
  async waitUntil(condition: () => boolean, ms: number = Number.POSITIVE_INFINITY): Promise<void> {
    const deadline = performance.now() + ms;
    while (!this.#isStopped && this.#failure === undefined && !condition()) {
      const remainingMs = deadline - performance.now();
      if (remainingMs <= 0) return;
      await this.#nextPoll(remainingMs);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves after the next poll, or when the time is over. */
  #nextPoll(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined;
      this.#waiters.add(done);
    });
  }

  async #poll(): Promise<void> {
    await this.#pollExecutions();
    // The job ends after its last execution, or without any.
    if (this.executions.every(({ status }) => status.hasEnded)) await this.#pollJob();
    this.#notify();
  }

  async #pollJob(): Promise<void> {
    const { Job: job } = await getJob(this.#api, this.#jobId, this.#callOptions());
    this.#job = job;
  }

  async #pollExecutions(): Promise<void> {
    // Of all versions: an execution must not vanish because the job was changed.
    const options = { limit: 0, allJobVersions: true, ...this.#callOptions() };
    const { items } = await listExecutions(this.#api, this.#jobId, options);
    this.#reachedAt = performance.now();
    const byAge = [...items].sort((a, b) => Number(a.CreateTime ?? 0) - Number(b.CreateTime ?? 0));
    this.#executions = new Map(
      byAge.map((execution) => [execution.ID, { execution, status: statusOf(execution, this.#release) }]),
    );
  }

  get #jobId(): string {
    return this.#job?.ID ?? this.#options.jobId;
  }

  #callOptions() {
    const { signal, headers } = this.#options;
    return { signal, headers };
  }

  #notify(): void {
    for (const done of [...this.#waiters]) done();
  }

  #pause(): Promise<void> {
    const { shortestPollMs: shortestMs, longestPollMs: longestMs } = this.#options.limits;
    const ms = pauseMs(performance.now() - this.#quietSince, { shortestMs, longestMs });
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#endPause = done;
    });
  }
}
