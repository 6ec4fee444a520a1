import type { Execution, InputSource, Job, JobHistory, RerunJobResponse, SpecConfig } from 'bacalhau-apiclient';
import { checkOptions, type OptionNames } from '../arguments/index.js';
import {
  type FollowHistoryOptions,
  followHistory,
  getJob,
  isFollowed,
  type JobExecutionsOptions,
  type JobHistoryOptions,
  listExecutions,
  listHistory,
  listResults,
  listVersions,
  type RerunOptions,
  rerunJob,
  stopJob,
} from '../calls/index.js';
import { type JobDescription, loadDescription } from '../description/index.js';
import { ConflictError, InvalidArgumentError } from '../errors/index.js';
import {
  ApiResource,
  apiPromise,
  CALL_OPTIONS,
  type CallOptions,
  type PagePromise,
  pagesAfter,
  remainingOptions,
  type Transport,
} from '../http/index.js';
import { type FollowLogsOptions, followLogs, type LogEntry } from '../logs/index.js';
import { hasEnded, type TypedResult } from '../model/index.js';
import {
  checkJobResultOptions,
  describeRun,
  JOB_RESULT_OPTIONS,
  type JobResultOptions,
  loadOutcome,
  type RunResult,
} from '../outcome/index.js';
import type { JobResultInput } from '../result-inputs/index.js';
import {
  type DownloadOptions,
  type DownloadSummary,
  type ListResultsOptions,
  loadResults,
  type ResultFile,
  type ResultFileOptions,
  type ResultsTarget,
  resultFiles,
  type TransferOptions,
} from '../results/index.js';
import { completeAtSubmission, type JobIdentity } from '../spec/index.js';
import { findSubmitted, type SubmissionDetails } from '../submission/index.js';
import { DeferredIterator, defined, isRecord, load } from '../util/index.js';
import { checkOwnJob, StrangersJobError, WAIT_OPTIONS, type Waiter, type WaitOptions } from '../waiting/index.js';

const RESULT_INPUT: OptionNames<JobResultInput> = {
  ...{ target: true, alias: true, as: true, hosts: true, executionId: true },
};

/** What a handle works with. */
export interface JobParts {
  readonly waiter: Waiter;
  readonly transport: Transport;
}

/** Which job a handle is for. */
interface JobReference {
  readonly id: string;
  readonly namespace: string | undefined;
  /** How it was submitted, where the handle's owner did that. */
  readonly submission?: SubmissionDetails;
  /** By what it is recognised, if its id is known from the answer to the submission only. */
  readonly identity?: JobIdentity | undefined;
}

/** The outcome of stopping a job. */
export interface StopOutcome {
  /** False if the job had ended before. */
  readonly stopped: boolean;
  /** The job's state before it was stopped, or the one in which it had ended. */
  readonly state: string;
}

/**
 * A job that was submitted, here or elsewhere. The handle remembers its namespace, so calls on it need no option for that.
 *
 * @example
 * ```ts
 * const job = await bacalhau.jobs.submit(docker({ image: 'ubuntu', parameters: ['date'] }));
 * await job.wait({ timeoutMs: 60_000 });
 *
 * const same = bacalhau.jobs.handle(job.id); // in another process
 * ```
 */
export class JobHandle {
  /**
   * The job's id, or the name that the handle was created with. Of a job that was just submitted it is what the server
   * answered, which can be another job's id (docs/requests-in-flight.md): the handle checks that before it first acts on the
   * job, and corrects `id` then.
   */
  declare readonly id: string;
  /** The namespace in which the job is looked up; undefined leaves it to the server. */
  readonly namespace: string | undefined;
  readonly #parts: JobParts;
  readonly #api: ApiResource;
  readonly #submission: SubmissionDetails;
  /** By what the job is recognised, until it was seen. */
  #identity: JobIdentity | undefined;

  /** @internal */
  constructor(parts: JobParts, { id, namespace, submission = SUBMITTED_ELSEWHERE, identity }: JobReference) {
    this.#parts = parts;
    Object.assign(this, { id });
    this.#identity = identity;
    this.namespace = namespace;
    this.#api = new ApiResource(parts.transport, { namespace });
    this.#submission = submission;
  }

  /** Returns the job as the server has it now: its specification and its state. */
  async refresh(options: CallOptions = {}): Promise<Job> {
    checkOptions(options, CALL_OPTIONS);
    return this.#own(options, async (id, identity, remaining) => {
      const { Job: job } = await getJob(this.#api, id, remaining);
      checkOwnJob(job, id, identity);
      return job;
    });
  }

  /**
   * Describes the job as `bacalhau job describe` does: its state and why, its executions with their nodes, times, exit codes
   * and reasons, and what they left. As data, and as text for people when it is made a string.
   *
   * It takes one request, and one for the server's version if this is the client's first. Times of what has not ended are
   * measured with this machine's clock.
   *
   * @example
   * ```ts
   * const description = await job.describe();
   * console.log(`${description}`);
   * for (const { nodeId, state, exitCode } of description.executions) console.log(nodeId, state, exitCode);
   * ```
   * @throws {NotFoundError} if the server does not know the job.
   */
  async describe(options: CallOptions = {}): Promise<JobDescription> {
    checkOptions(options, CALL_OPTIONS);
    const { describeJob } = await loadDescription();
    return this.#own(options, (id, identity, remaining) => describeJob(this.#api, { id, identity }, remaining));
  }

  /**
   * Waits until the job has ended: completed, failed or stopped. Jobs of type `service` and `daemon` end only by being
   * stopped or by failing. A server that is unreachable for a while does not end the wait. One that was killed in the moment
   * in which a job ended may never take note of that (seen on 1.9.3): a `batch` or `ops` job whose executions have all
   * completed counts as completed after ten seconds or more, and its state's message says so.
   *
   * @returns the job, in its final state.
   * @throws {RequestTimeoutError} after `timeoutMs`. The job goes on.
   * @throws {RequestAbortedError} if `signal` is aborted. The job goes on.
   * @throws {NotFoundError} if the server does not know the job.
   * @throws {ConnectionError} or another error of the last attempt, after the server was unreachable for
   * `unreachableAfterMs`.
   *
   * @example
   * ```ts
   * const { State } = await job.wait({ onUpdate: ({ State }) => console.log(State?.StateType) });
   * ```
   */
  async wait(options: WaitOptions = {}): Promise<Job> {
    checkOptions(options, WAIT_OPTIONS);
    const { namespace } = this;
    const { job } = await this.#own(options, (jobId, identity, remaining) =>
      this.#parts.waiter.wait({ jobId, namespace, identity }, remaining),
    );
    return job;
  }

  /**
   * Waits until the job has ended, and returns its result, as `jobs.run` does: its output, exit code and executions, and
   * where its results are. Never stops the job.
   *
   * @example
   * ```ts
   * const { stdout } = await bacalhau.jobs.handle(storedId).result();
   * ```
   * @throws {JobExitError} if its program ended with an exit code that means failure; it holds the whole result.
   * @throws {JobFailedError} if it could not be placed, started or finished, with the cause that the nodes gave.
   * @throws {JobStoppedError} if somebody stopped it.
   * @throws {RequestTimeoutError} after `timeoutMs`. The job goes on.
   * @throws {RequestAbortedError} if `signal` is aborted. The job goes on.
   */
  async result(options: JobResultOptions = {}): Promise<RunResult> {
    checkOptions(options, JOB_RESULT_OPTIONS);
    checkJobResultOptions(options, this.#parts.transport);
    const { resultOf } = await loadOutcome();
    const { namespace } = this;
    const source = { ...this.#parts, namespace, submission: this.#submission, addedPublisher: undefined };
    return this.#parts.transport.observe(
      { name: 'job.result', jobId: this.id, namespace },
      () => this.#own(options, (id, identity, remaining) => resultOf({ ...source, id, identity }, remaining)),
      describeRun,
    );
  }

  /** Stops the job. One that has ended already is left as it is, and the outcome says so. */
  async stop(reason?: string, options: CallOptions = {}): Promise<StopOutcome> {
    checkOptions(options, CALL_OPTIONS);
    const remaining = this.#parts.transport.shareTimeout(options);
    const before = await this.refresh(remaining());
    const state = before.State?.StateType ?? '';
    if (hasEnded(before)) return { stopped: false, state };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await stopJob(this.#api, before.ID ?? this.id, reason, remaining());
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        const now = await this.refresh(remaining());
        if (!hasEnded(now)) throw error; // It did not end by itself meanwhile: there is another reason.
        return { stopped: attempt > 1 && now.State?.StateType === 'Stopped', state: now.State?.StateType ?? '' };
      }
      // The answer names no job, so it may be the one to another request. To stop a job twice does no harm.
      if (attempt > MAX_STOPS || hasEnded(await this.refresh(remaining()))) return { stopped: true, state };
    }
  }

  /** Runs the job, or an earlier version of it, once more: see `jobs.rerun`. */
  rerun(options: Omit<RerunOptions, 'namespace'> = {}): Promise<RerunJobResponse> {
    if (this.#identity === undefined) return rerunJob(this.#api, this.id, options);
    return apiPromise(
      this.#confirm(options).then((remaining) => rerunJob(this.#api, this.id, remaining).withResponse()),
    );
  }

  /** Lists the executions of the job on compute nodes. */
  executions(options: Omit<JobExecutionsOptions, 'namespace'> = {}): PagePromise<Execution> {
    return this.#pages(options, (remaining) => listExecutions(this.#api, this.id, remaining));
  }

  /** Follows the events of the job, from its beginning until it has ended. */
  history(options: Omit<FollowHistoryOptions, 'namespace'>): AsyncGenerator<JobHistory, void, undefined>;
  /** Lists the events of the job, in order. */
  history(options?: Omit<JobHistoryOptions, 'namespace'>): PagePromise<JobHistory>;
  history(
    options: Omit<JobHistoryOptions, 'namespace'> | Omit<FollowHistoryOptions, 'namespace'> = {},
  ): PagePromise<JobHistory> | AsyncGenerator<JobHistory, void, undefined> {
    return isFollowed(options)
      ? this.#followHistory(options)
      : this.#pages(options, (remaining) => listHistory(this.#api, this.id, remaining));
  }

  /**
   * Reads what the job printed, so far or, with `follow`, until it has ended. Broken streams are resumed: nothing is lost
   * and nothing comes twice.
   *
   * Servers from 1.5 on stream what Docker runs. Other output comes when the job has ended.
   *
   * @example
   * ```ts
   * for await (const { stream, text } of job.logs({ follow: true, lines: true })) console.log(stream, text);
   * ```
   * @throws {LogStreamError} if a stream cannot be opened or resumed.
   * @throws {RequestAbortedError} if `signal` is aborted.
   */
  logs(options: FollowLogsOptions = {}): AsyncIterable<LogEntry> {
    const { transport } = this.#parts;
    const logs = (remaining: FollowLogsOptions): AsyncIterable<LogEntry> =>
      followLogs(transport, { jobId: this.id, namespace: this.namespace }, remaining);
    return this.#identity === undefined ? logs(options) : this.#entries(options, logs);
  }

  /** Lists the versions of the job's specification, oldest first. From servers 1.8 on. */
  versions(options: CallOptions = {}): PagePromise<Job> {
    return this.#pages(options, (remaining) => listVersions(this.#api, this.id, remaining));
  }

  /** Lists where the results are, as the server describes it: see `jobs.results`. */
  results(options: CallOptions = {}): PagePromise<SpecConfig> {
    return this.#pages(options, (remaining) => listResults(this.#api, this.id, remaining));
  }

  /**
   * Lists where the results are, typed by what published them, each with the execution that made it. Empty while there are
   * none, and for a job without a publisher.
   *
   * @example
   * ```ts
   * for (const result of await job.typedResults()) {
   *   if (result.type === 'ipfs') console.log(result.executionId, result.cid);
   * }
   * ```
   */
  async typedResults(options: ListResultsOptions = {}): Promise<TypedResult[]> {
    const remaining = await this.#confirm(options);
    return (await loadResults()).listResults(this.#target(), remaining);
  }

  /**
   * Reads the files of the results, one after the other, as they arrive; nothing is written to disk. Read what you want of
   * a file before the loop goes on: what is not read is skipped.
   *
   * Works in browsers as well, where the host of the result allows it (CORS): the local publisher's does not.
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
    if (this.#identity === undefined) return resultFiles(this.#target(), options);
    return this.#entries(options, (remaining) => resultFiles(this.#target(), remaining));
  }

  /**
   * Opens one file of the result, by its path as in `files()`. Its content can be read once, at any time: as text, as bytes,
   * or as a stream for a `Response` or a file. The connection stays open until then, so cancel the stream of a file that you
   * do not want after all.
   *
   * An archive is received up to the end of the file: what comes later costs nothing, and damage to it is not seen.
   *
   * @throws {DownloadError} if there is no such file (`no-match`), there are no results, or they cannot be fetched or read:
   * `reason` says which.
   * @throws {InvalidArgumentError} if several executions have a result, and `executionId` does not say which one to read.
   * @throws {RequestAbortedError} if `signal` is aborted, also while the file is read.
   *
   * @example
   * ```ts
   * const file = await job.file('outputs/table.csv');
   * return new Response(file.stream(), { headers: { 'content-length': String(file.size) } });
   * ```
   */
  async file(path: string, options: ResultFileOptions = {}): Promise<ResultFile> {
    const remaining = await this.#confirm(options);
    return (await loadResults()).resultFile(this.#target(), path, remaining);
  }

  /**
   * Downloads the results into a directory, which is created if it is missing. One result is put directly into it; several
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
    const remaining = await this.#confirm(options);
    return (await loadResults()).downloadResults(this.#target(), directory, remaining);
  }

  /**
   * Makes the result of this job an input of another one. It may still run: the other job is submitted once this one has
   * completed, and `submit` or `run` waits for that, until its `timeoutMs` or `signal` ends it. Nodes read the result where
   * it was published, as with `inputs.result`.
   *
   * The submission rejects with `JobFailedError`, `JobExitError` or `JobStoppedError` of this job if it does not succeed, with
   * `DownloadError` if it publishes nothing, and with `InvalidJobError` if nodes cannot read what it published: the other job
   * is not submitted then.
   *
   * @throws {InvalidArgumentError} now if a setting is not known.
   *
   * @example
   * ```ts
   * const words = await bacalhau.jobs.submit(countWords); // published with publishers.ipfs()
   * const { stdout } = await bacalhau.jobs.run(
   *   docker({ image: 'ubuntu', parameters: ['sort', '/in/out/words'], inputs: [words.asInput({ target: '/in' })] }),
   * );
   * ```
   */
  asInput(settings: JobResultInput): InputSource {
    checkOptions(settings, RESULT_INPUT, 'settings');
    const { target, alias } = settings;
    if (typeof target !== 'string') {
      throw new InvalidArgumentError(
        'target',
        'is missing. Pass an absolute path of a folder, where the job finds it.',
      );
    }
    // As it is if it is copied by JSON, and then refused.
    const unknown = { Type: 'inline', Params: { URL: `the result of job ${this.id}` } };
    const awaited: InputSource = { Source: unknown, Target: target, ...(alias !== undefined && { Alias: alias }) };
    return completeAtSubmission(awaited, async (input, { signal, timeoutMs }) => {
      const { singleResultOf } = await loadOutcome();
      const { inputOfResult } = await load(import('../result-inputs/index.js'));
      const { namespace } = this;
      const source = { ...this.#parts, namespace, submission: this.#submission, addedPublisher: undefined };
      const result = await this.#own(defined({ signal, timeoutMs }), (id, identity, remaining) =>
        singleResultOf({ ...source, id, identity }, settings, remaining),
      );
      return { ...input, Source: inputOfResult(result, { ...settings, target: input.Target }).Source };
    });
  }

  /** Returns what is needed to get a handle of the job again: `jobs.handle(id, { namespace })`. */
  toJSON(): {
    /** The job's id. */
    id: string;
    /** Its namespace, if the handle knows it. */
    namespace?: string;
  } {
    return { id: this.id, ...(this.namespace !== undefined && { namespace: this.namespace }) };
  }

  /** Works with the job's id, and once more with the right one if it turns out to be another job's. */
  async #own<T, O extends Limits>(
    options: O,
    work: (id: string, identity: JobIdentity | undefined, remaining: O) => Promise<T>,
  ): Promise<T> {
    const identity = this.#identity;
    const remaining = remainingOptions(options);
    try {
      const done = await work(this.id, identity, options);
      this.#identity = undefined;
      return done;
    } catch (error) {
      if (!(error instanceof StrangersJobError) || identity === undefined) throw error;
      // Another call on the handle may have corrected it meanwhile.
      if (this.#identity !== undefined) {
        const api = new ApiResource(this.#parts.transport);
        const found = await findSubmitted(api, identity, limitsOf(remaining()));
        if (found?.ID === undefined) throw error;
        Object.assign(this, { id: found.ID });
        this.#identity = undefined;
      }
      return work(this.id, undefined, remaining());
    }
  }

  /** Makes sure that the id is the job's, where that has not been seen yet. Returns the options of what follows. */
  async #confirm<O extends Limits>(options: O): Promise<O> {
    // What is not an object is refused by the call itself.
    if (this.#identity === undefined || !isRecord(options)) return options;
    const remaining = remainingOptions(options);
    await this.refresh(limitsOf(options));
    return remaining();
  }

  #pages<T, O extends Limits>(options: O, list: (remaining: O) => PagePromise<T>): PagePromise<T> {
    return this.#identity === undefined ? list(options) : pagesAfter(() => this.#confirm(options), list);
  }

  async *#followHistory(options: FollowHistoryOptions): AsyncGenerator<JobHistory, void, undefined> {
    yield* followHistory(this.#api, this.id, await this.#confirm(options));
  }

  #entries<T, O extends Limits>(
    options: O,
    iterate: (remaining: O) => AsyncIterable<T>,
  ): AsyncIterableIterator<T, void> {
    return new DeferredIterator<T>(async () => iterate(await this.#confirm(options))[Symbol.asyncIterator]());
  }

  #target(): ResultsTarget {
    return { transport: this.#parts.transport, jobId: this.id, namespace: this.namespace };
  }
}

/** What ends work that may consist of several calls. */
type Limits = Pick<CallOptions, 'signal' | 'timeoutMs'>;

const limitsOf = ({ signal, timeoutMs }: Limits): Limits => defined({ signal, timeoutMs });

/** How often a job is stopped again that goes on after it was stopped. */
const MAX_STOPS = 2;
/** Of a job that another call or program submitted: nothing was sent. */
const SUBMITTED_ELSEWHERE: SubmissionDetails = { attempts: 0, deduplicated: true, warnings: [] };
