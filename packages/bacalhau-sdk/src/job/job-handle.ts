import type { Execution, Job, JobHistory, RerunJobResponse, SpecConfig } from 'bacalhau-apiclient';
import type { PagePromise } from '../answers/index.js';
import { ConflictError } from '../errors/index.js';
import type { Jobs } from '../jobs/index.js';
import type { JobExecutionsOptions, JobHistoryOptions, RerunOptions } from '../jobs/options.js';
import type { CallOptions } from '../transport/index.js';
import { hasEnded, type Waiter, type WaitOptions } from '../wait/index.js';

/** What a handle works with. */
export interface JobParts {
  readonly jobs: Jobs;
  readonly waiter: Waiter;
}

/** How an attempt to stop a job ended. */
export interface StopOutcome {
  /** False if the job had ended before. */
  readonly stopped: boolean;
  /** The job's state before it was stopped, or the one in which it had ended. */
  readonly state: string;
}

/**
 * A job that was submitted, here or elsewhere. It remembers its namespace, so calls on it need no options for that.
 *
 * @example
 * ```ts
 * const job = await bacalhau.jobs.submit(docker({ image: 'ubuntu', parameters: ['date'] }));
 * await job.wait({ timeoutMs: 60_000 });
 *
 * const same = bacalhau.job(job.id); // in another process
 * ```
 */
export class JobHandle {
  /** The job's id, or the name that the handle was made with. */
  readonly id: string;
  /** The namespace in which the job is looked for; undefined leaves it to the client and the server. */
  readonly namespace: string | undefined;
  /** What the server remarked when the job was submitted. */
  readonly warnings: readonly string[];
  readonly #parts: JobParts;

  /** @internal */
  constructor(parts: JobParts, reference: { id: string; namespace: string | undefined; warnings?: readonly string[] }) {
    this.#parts = parts;
    this.id = reference.id;
    this.namespace = reference.namespace;
    this.warnings = reference.warnings ?? [];
  }

  /** The job as the server has it now: its specification and its state. */
  async refresh(options: CallOptions = {}): Promise<Job> {
    const { Job: job } = await this.#parts.jobs.get(this.id, this.#here(options));
    return job;
  }

  /**
   * Resolves with the job once it has ended: completed, failed or stopped. Jobs of type `service` and `daemon` end only
   * by being stopped or by failing. A server that is out of reach for a while does not end the wait.
   *
   * @throws {RequestTimeoutError} after `timeoutMs`. The job goes on.
   * @throws {RequestAbortedError} if `signal` is aborted. The job goes on.
   * @throws {NotFoundError} if the server does not know the job.
   * @throws {ConnectionError} or another error of the last attempt, after the server was out of reach for
   * `unreachableAfterMs`.
   *
   * @example
   * ```ts
   * const { State } = await job.wait({ onUpdate: ({ State }) => console.log(State?.StateType) });
   * ```
   */
  wait(options: WaitOptions = {}): Promise<Job> {
    return this.#parts.waiter.wait({ jobId: this.id, namespace: this.namespace }, options);
  }

  /** Stops the job. One that has ended already is left as it is, and the outcome says so. */
  async stop(reason?: string, options: CallOptions = {}): Promise<StopOutcome> {
    const before = await this.refresh(options);
    const state = before.State?.StateType ?? '';
    if (hasEnded(before)) return { stopped: false, state };
    try {
      await this.#parts.jobs.stop(before.ID ?? this.id, reason, this.#here(options));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const now = await this.refresh(options);
      if (!hasEnded(now)) throw error; // It did not end by itself meanwhile: there is another reason.
      return { stopped: false, state: now.State?.StateType ?? '' };
    }
    return { stopped: true, state };
  }

  /** Runs the job, or an earlier version of it, once more: see `jobs.rerun`. */
  rerun(options: Omit<RerunOptions, 'namespace'> = {}): Promise<RerunJobResponse> {
    return this.#parts.jobs.rerun(this.id, this.#here(options));
  }

  /** The runs of the job on compute nodes. */
  executions(options: Omit<JobExecutionsOptions, 'namespace'> = {}): PagePromise<Execution> {
    return this.#parts.jobs.executions(this.id, this.#here(options));
  }

  /** What happened to the job, in order. */
  history(options: Omit<JobHistoryOptions, 'namespace'> = {}): PagePromise<JobHistory> {
    return this.#parts.jobs.history(this.id, this.#here(options));
  }

  /** The versions of the job's specification. */
  versions(options: CallOptions = {}): PagePromise<Job> {
    return this.#parts.jobs.versions(this.id, this.#here(options));
  }

  /** Where the results are, as the server says it. */
  publishedResults(options: CallOptions = {}): PagePromise<SpecConfig> {
    return this.#parts.jobs.results(this.id, this.#here(options));
  }

  /** What is needed to take the job up again: `bacalhau.job(id, { namespace })`. */
  toJSON(): { id: string; namespace?: string } {
    return { id: this.id, ...(this.namespace !== undefined && { namespace: this.namespace }) };
  }

  #here<T extends object>(options: T): T & { namespace: string | undefined } {
    return { ...options, namespace: this.namespace };
  }
}
