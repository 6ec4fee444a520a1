import type { Execution, Job, JobHistory, RerunJobResponse, SpecConfig } from 'bacalhau-apiclient';
import type {
  FollowHistoryOptions,
  JobCalls,
  JobExecutionsOptions,
  JobHistoryOptions,
  RerunOptions,
} from '../calls/index.js';
import { ConflictError } from '../errors/index.js';
import type { CallOptions, PagePromise, Transport } from '../http/index.js';
import { type FollowLogsOptions, followLogs, type LogEntry } from '../logs/index.js';
import { hasEnded } from '../model/index.js';
import {
  type DownloadOptions,
  type DownloadSummary,
  type ListResultsOptions,
  loadResults,
  type ResultFile,
  type ResultsTarget,
  resultFiles,
  type TransferOptions,
  type TypedResult,
} from '../results/index.js';
import type { Waiter, WaitOptions } from '../waiting/index.js';

/** What a handle works with. */
export interface JobParts {
  readonly jobs: JobCalls;
  readonly waiter: Waiter;
  readonly transport: Transport;
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
  readonly #parts: JobParts;

  /** @internal */
  constructor(parts: JobParts, reference: { id: string; namespace: string | undefined }) {
    this.#parts = parts;
    this.id = reference.id;
    this.namespace = reference.namespace;
  }

  /** The job as the server has it now: its specification and its state. */
  async refresh(options: CallOptions = {}): Promise<Job> {
    const { Job: job } = await this.#parts.jobs.get(this.id, this.#here(options));
    return job;
  }

  /**
   * Resolves with the job once it has ended: completed, failed or stopped. Jobs of type `service` and `daemon` end only
   * by being stopped or by failing. A server that is out of reach for a while does not end the wait. One that was killed
   * in the moment in which a job ended may never take note of that (seen on 1.9.3): a `batch` or `ops` job whose
   * executions have all completed counts as completed after ten seconds or more, and its state's message says so.
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

  /** What happens to the job, from its beginning and as it happens, until it has ended. */
  history(options: Omit<FollowHistoryOptions, 'namespace'>): AsyncGenerator<JobHistory, void, undefined>;
  /** What happened to the job, in order. */
  history(options?: Omit<JobHistoryOptions, 'namespace'>): PagePromise<JobHistory>;
  history(
    options: Omit<JobHistoryOptions, 'namespace'> | Omit<FollowHistoryOptions, 'namespace'> = {},
  ): PagePromise<JobHistory> | AsyncGenerator<JobHistory, void, undefined> {
    const { jobs } = this.#parts;
    const here = this.#here(options);
    return 'follow' in here ? jobs.history(this.id, here) : jobs.history(this.id, here);
  }

  /**
   * What the job printed, so far or, with `follow`, until it has ended. Broken streams are taken up where they were: no
   * piece is lost and none comes twice.
   *
   * Servers from 1.8 on stream what Docker runs. A WebAssembly job's output comes when it has ended.
   *
   * @example
   * ```ts
   * for await (const { stream, text } of job.logs({ follow: true, lines: true })) console.log(stream, text);
   * ```
   * @throws {LogStreamError} if a stream cannot be had or kept.
   * @throws {RequestAbortedError} if `signal` is aborted.
   */
  logs(options: FollowLogsOptions = {}): AsyncIterable<LogEntry> {
    const { transport } = this.#parts;
    return followLogs(transport, { jobId: this.id, namespace: this.namespace }, options);
  }

  /** The versions of the job's specification. */
  versions(options: CallOptions = {}): PagePromise<Job> {
    return this.#parts.jobs.versions(this.id, this.#here(options));
  }

  /** Where the results are, as the server says it. */
  publishedResults(options: CallOptions = {}): PagePromise<SpecConfig> {
    return this.#parts.jobs.results(this.id, this.#here(options));
  }

  /**
   * Where the results are, typed by what published them, each with the execution that made it. Empty while there are
   * none, and for a job without a publisher.
   *
   * @example
   * ```ts
   * for (const result of await job.results()) {
   *   if (result.type === 'ipfs') console.log(result.executionId, result.cid);
   * }
   * ```
   */
  async results(options: ListResultsOptions = {}): Promise<TypedResult[]> {
    return (await loadResults()).listResults(this.#target(), options);
  }

  /**
   * The files of the results, one after the other, as they arrive; nothing is written to disk. Read what you want of a
   * file before the loop goes on: what is not read is skipped.
   *
   * Works in browsers as well, where the place of the result allows it (CORS): the local publisher's does not.
   *
   * @throws {DownloadError} if there are no results, or they cannot be fetched or read: `reason` says which.
   * @throws {RequestAbortedError} if `signal` is aborted.
   *
   * @example
   * ```ts
   * for await (const file of job.files()) {
   *   if (file.path === 'stdout') console.log(await file.text());
   * }
   * ```
   */
  files(options: TransferOptions = {}): AsyncIterableIterator<ResultFile> {
    return resultFiles(this.#target(), options);
  }

  /**
   * Downloads the results into a directory, which is made if it is missing. One result goes straight into it; several
   * each into a folder named by the execution's id. Everything appears at once when all of it has arrived, whole and
   * undamaged; after a failure the directory is as it was before.
   *
   * @throws {DownloadError} if there are no results, or they cannot be fetched, read or written: `reason` says which.
   * @throws {RequestAbortedError} if `signal` is aborted.
   * @throws {UnsupportedRuntimeError} where there is no file system.
   *
   * @example
   * ```ts
   * await job.wait();
   * const { files } = await job.download('results', {
   *   onProgress: ({ loadedBytes, totalBytes }) => console.log(loadedBytes, 'of', totalBytes ?? '?'),
   * });
   * ```
   */
  async download(directory: string, options: DownloadOptions = {}): Promise<DownloadSummary> {
    return (await loadResults()).downloadResults(this.#target(), directory, options);
  }

  /** What is needed to take the job up again: `bacalhau.job(id, { namespace })`. */
  toJSON(): {
    /** The job's id. */
    id: string;
    /** Its namespace, if the handle knows it. */
    namespace?: string;
  } {
    return { id: this.id, ...(this.namespace !== undefined && { namespace: this.namespace }) };
  }

  #target(): ResultsTarget {
    return { transport: this.#parts.transport, jobId: this.id, namespace: this.namespace };
  }

  #here<T extends object>(options: T): T & { namespace: string | undefined } {
    return { ...options, namespace: this.namespace };
  }
}
