import type { Execution, Job } from 'bacalhau-apiclient';
import { RequestAbortedError } from '../errors/index.js';
import { logPolicy, type Transport } from '../http/index.js';
import type { ServerRelease } from '../model/index.js';
import { hasEnded } from '../model/index.js';
import { type ExecutionStatus, statusOf } from './execution-status.js';
import type { LogLimits } from './limits.js';

/** An execution and what its state means. */
export interface WatchedExecution {
  readonly execution: Execution;
  readonly status: ExecutionStatus;
}

export interface JobMonitorOptions {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly limits: LogLimits;
  /** Ends the calls that the watch makes; the watch itself is ended by `stop`. */
  readonly signal: AbortSignal;
}

/** The job and its executions, looked at again and again for as long as its output is read. */
export class JobMonitor {
  readonly #parts: JobMonitorOptions;
  readonly #waiting = new Set<() => void>();
  #job: Job | undefined;
  #release: ServerRelease | undefined;
  #executions: ReadonlyMap<string, WatchedExecution> = new Map();
  #quietSince = performance.now();
  #hurry: (() => void) | undefined;
  #stopped = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: JobMonitorOptions) {
    this.#parts = parts;
  }

  /** The first look. */
  async begin(): Promise<void> {
    this.#release = await this.#parts.transport.serverRelease(this.#call());
    await this.#lookAtJob();
    await this.#lookAtExecutions();
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get release(): ServerRelease | undefined {
    return this.#release;
  }

  get jobEnded(): boolean {
    return this.#job !== undefined && hasEnded(this.#job);
  }

  /** Oldest first, those of all versions of the job. */
  get executions(): readonly WatchedExecution[] {
    return [...this.#executions.values()];
  }

  execution(id: string): WatchedExecution | undefined {
    return this.#executions.get(id);
  }

  stop(): void {
    this.#stopped = true;
    this.#hurry?.();
    this.#tell();
  }

  /** Looks on until it is stopped. Rejects when the server is out of reach for too long, or no longer knows the job. */
  async run(): Promise<void> {
    const { limits } = this.#parts;
    let reachedAt = performance.now();
    for (;;) {
      await this.#pause();
      if (this.#stopped) return;
      try {
        await this.#look();
        reachedAt = performance.now();
      } catch (error) {
        if (this.#stopped || error instanceof RequestAbortedError) return;
        if (!logPolicy.isRetryable(error) || performance.now() - reachedAt > limits.unreachable) {
          this.#failure = { error };
          this.#tell();
          throw error;
        }
      }
    }
  }

  /** Something happened that the job's state will show: look at once, and often for a while. */
  hurry(): void {
    this.#quietSince = performance.now();
    this.#hurry?.();
  }

  /** Resolves when `reached` is true after a look, when the time is over, or when the watch was stopped. */
  async until(reached: () => boolean, ms: number = Number.POSITIVE_INFINITY): Promise<void> {
    const deadline = performance.now() + ms;
    while (!this.#stopped && this.#failure === undefined && !reached()) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(left) ? setTimeout(done, left) : undefined;
        const waiting = this.#waiting;
        function done(): void {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #look(): Promise<void> {
    await this.#lookAtExecutions();
    // The job ends after its last execution, or without any.
    if (this.executions.every(({ status }) => status.hasEnded)) await this.#lookAtJob();
    this.#tell();
  }

  async #lookAtJob(): Promise<void> {
    const { transport, jobId, namespace } = this.#parts;
    const asked = this.#job?.ID ?? jobId;
    const { Job: job } = await transport.call(
      {
        ...{ name: 'job.logs', safe: true, requiredField: 'Job', jobId: asked },
        send: ({ jobs }, request) => jobs.getJob({ jobId: asked, limit: 1, namespace }, request),
      },
      this.#call(),
    );
    this.#job = job;
  }

  async #lookAtExecutions(): Promise<void> {
    const { transport, jobId, namespace } = this.#parts;
    const { Items } = await transport.call(
      {
        ...{ name: 'job.logs', safe: true, requiredField: 'Items' },
        send: ({ jobs }, request) =>
          jobs.listJobExecutions(
            // Of all versions: an execution must not vanish because the job was changed. 0 is for all.
            { jobId: this.#job?.ID ?? jobId, limit: 0, allJobVersions: true, namespace },
            request,
          ),
      },
      this.#call(),
    );
    const byAge = [...Items].sort((a, b) => Number(a.CreateTime ?? 0) - Number(b.CreateTime ?? 0));
    this.#executions = new Map(
      byAge.map((execution) => [execution.ID, { execution, status: statusOf(execution, this.#release) }]),
    );
  }

  #call() {
    const { signal, headers } = this.#parts;
    return { signal, headers };
  }

  #tell(): void {
    for (const done of [...this.#waiting]) done();
  }

  #pause(): Promise<void> {
    const { limits } = this.#parts;
    const quiet = performance.now() - this.#quietSince;
    const ms = Math.min(limits.longestLook, Math.max(limits.shortestLook, quiet / 10));
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#hurry = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#hurry = done;
    });
  }
}
