import type {
  DiffJobResponse,
  Execution,
  GetJobResponse,
  Job,
  JobHistory,
  PutJobResponse,
  RerunJobResponse,
  SpecConfig,
  StopJobResponse,
} from 'bacalhau-apiclient';
import { checkIdentifier, checkOptions, type OptionNames } from '../arguments/index.js';
import {
  buildJob,
  diffJob,
  type FollowHistoryOptions,
  followHistory,
  type GetJobOptions,
  getJob,
  isFollowed,
  type JobExecutionsOptions,
  type JobHistoryOptions,
  type ListJobsOptions,
  listExecutions,
  listHistory,
  listJobs,
  listResults,
  listVersions,
  type PutRequest,
  putJob,
  type RerunOptions,
  rerunJob,
  stopJob,
} from '../calls/index.js';
import {
  type ApiPromise,
  ApiResource,
  type ClientOptions,
  connect,
  type NamespacedCallOptions,
  type PagePromise,
  remainingOptions,
  Transport,
} from '../http/index.js';
import { JobHandle, type JobParts, SubmittedJob } from '../job/index.js';
import type { TypedResult } from '../model/index.js';
import { checkJobResultOptions, type RunResult } from '../outcome/index.js';
import type { ListResultsOptions } from '../results/index.js';
import { loadRuns, MAP_OPTIONS, type MapItem, type MapOptions, RUN_OPTIONS, type RunOptions } from '../runs/index.js';
import type { JobCheckOptions, JobInput, JobSpec } from '../spec/index.js';
import {
  checkOnExisting,
  closeServers,
  closeServersAfter,
  nameJob,
  SUBMIT_OPTIONS,
  type Submission,
  type SubmitOptions,
  submitOnce,
} from '../submission/index.js';
import { Waiter } from '../waiting/index.js';

/** The namespace of a job that is addressed by id or name. */
export interface JobHandleOptions {
  /** The namespace in which the job is looked up. Default: the client's. */
  readonly namespace?: string | undefined;
}

const JOB_HANDLE_OPTIONS: OptionNames<JobHandleOptions> = { namespace: true };
const TYPED_RESULTS_OPTIONS: OptionNames<ListResultsOptions & JobHandleOptions> = {
  namespace: true,
  signal: true,
  executionId: true,
};

/**
 * Submit, run, stop, look up and list the jobs of a Bacalhau network.
 *
 * Calls reject with a subclass of `BacalhauError`; each takes `signal`, `timeoutMs`, `maxRetries` and `headers`.
 *
 * @example
 * ```ts
 * const jobs = new Jobs(); // configured by the environment, as the Bacalhau command line is
 * const { JobID } = await jobs.put({
 *   Job: { Type: 'batch', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] },
 * });
 * ```
 */
export class Jobs {
  readonly #parts: JobParts & { readonly api: ApiResource };

  /** Connects to the network that the options and the environment name; the same as `new Bacalhau(options).jobs`. */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(transport: Transport);
  constructor(source: ClientOptions | Transport = {}) {
    const transport = source instanceof Transport ? source : connect(source);
    this.#parts = { transport, waiter: new Waiter(transport), api: new ApiResource(transport) };
  }

  /**
   * Submits a job and returns a handle of it. It runs once, even if answers are lost on the way.
   *
   * A job without a name gets a fresh one. What may have arrived is looked up by its name, or by a label on servers before
   * 1.8, before it is sent again, `maxRetries` times; `timeoutMs` counts for each request. A hash of the specification is
   * sent in the job's `Meta`, as `bacalhau-sdk/fingerprint`.
   *
   * With a name of your own `onExisting` says what happens if there is a job of that name in the namespace already. By
   * default one with the same specification is used, whatever its state: `deduplicated` of the handle says so. From 1.8
   * on, two programs that submit different jobs under one name at the same moment are not kept apart: the later one wins.
   * Before 1.8 both jobs may start. The earlier one counts; the other is stopped, and its `submit` rejects with
   * `JobExistsError`.
   *
   * @example
   * ```ts
   * const job = await bacalhau.jobs.submit(docker({ image: 'ubuntu', parameters: ['date'] }));
   * console.log(job.id);
   * ```
   * @throws {InvalidJobError} naming the field, before anything is sent.
   * @throws {JobExistsError} if another job of that name exists.
   * @throws {ConnectionError} or {RequestTimeoutError} if no answer comes; `outcomeUnknown` says whether the job may have
   * arrived, and the message by which name to look for it.
   */
  async submit(spec: JobSpec, options: SubmitOptions = {}): Promise<SubmittedJob> {
    checkOptions(options, SUBMIT_OPTIONS);
    const { onExisting, namespace, allowUnknownFields, ...call } = options;
    checkOnExisting(onExisting);
    const { transport, api } = this.#parts;
    transport.timeoutMs(call);
    const submit = async (): Promise<SubmittedJob> => {
      // What the job is made of may take long to read, or to wait for: only a time that was asked for counts for that.
      const afterBuild = remainingOptions(call);
      const built = await buildJob(transport, spec, { ...call, allowUnknownFields });
      const remaining = transport.shareTimeout(afterBuild());
      const { job, isFresh } = nameJob(built, api.requiredNamespace({ namespace }));
      let submission: Submission;
      try {
        submission = await submitOnce(api, job, { ...remaining(), onExisting, isFresh });
      } catch (error) {
        closeServers(job);
        throw error;
      }
      await closeServersAfter(job, { id: submission.jobId, namespace: job.Namespace }, api);
      return new SubmittedJob(this.#parts, { ...submission, id: submission.jobId, namespace: job.Namespace });
    };
    return transport.observe({ name: 'jobs.submit', namespace }, submit, ({ id }) => ({ jobId: id }));
  }

  /**
   * Runs a job: submits it, waits for its end, and returns what it printed, its exit code, and where its results are.
   *
   * It is submitted as by `submit`. Once the server has the job, a server that is unreachable for a while ends nothing.
   *
   * A run that `signal`, `timeoutMs` or a listener that throws ends stops its job, unless `stopOnAbort` is false or another
   * call had submitted it; the message says what happened to the job. Every error from the submission on has the job's id in `jobId`.
   *
   * @example
   * ```ts
   * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
   * ```
   * @throws {JobExitError} if its program ended with an exit code that means failure; it holds the whole result.
   * @throws {JobFailedError} if it could not be placed, started or finished, with the cause that the nodes gave.
   * @throws {JobStoppedError} if somebody stopped it.
   * @throws {JobExistsError} if another job of that name exists.
   * @throws {RequestTimeoutError} after `timeoutMs`.
   * @throws {RequestAbortedError} if `signal` is aborted.
   */
  async run(spec: JobSpec, options: RunOptions = {}): Promise<RunResult> {
    checkOptions(options, RUN_OPTIONS);
    const { transport } = this.#parts;
    checkJobResultOptions(options, transport);
    checkOnExisting(options.onExisting);
    const { allowUnknownFields } = options;
    const { runJob } = await loadRuns();
    return runJob(this.#parts, (signal) => buildJob(transport, spec, { signal, allowUnknownFields }), options);
  }

  /**
   * Runs a job for each input, many at once, and yields their outcomes in the order in which the jobs end. An input whose
   * job fails does not prevent the others from running. As many jobs are submitted at once as the nodes take at the moment,
   * or as `concurrency` says, and no further input is taken while the loop is busy with the outcomes that there are. No job
   * fails because the nodes are busy, unless they are for `queueTimeoutMs`. Leaving the loop, by `break`, an error or `signal`, stops
   * the jobs that still run, unless `stopOnAbort` is false.
   *
   * With a `name` it can be resumed, after a crash too: jobs that exist already are not submitted again, and their outcomes
   * come as if they had run now. They are identified by their specification, so a changed input is a new job; one that
   * comes several times is as many jobs. Jobs that failed stay failed, unless `retryFailed` says otherwise. Every job has
   * the label `bacalhau-sdk/map` with the fan-out's name.
   *
   * @example
   * ```ts
   * const words = (file: string) => docker({ image: 'ubuntu', entrypoint: ['wc', '-w', file] });
   * for await (const item of bacalhau.jobs.map(files, words, { name: 'count-words' })) {
   *   if (item.status === 'fulfilled') console.log(item.input, item.value.stdout);
   *   else console.error(item.input, item.error);
   * }
   * ```
   * @throws {InvalidArgumentError} if an argument or option is invalid, such as `name` or `concurrency`.
   * @throws {RequestAbortedError} if `signal` is aborted; the message says what happened to the jobs.
   * @throws {ConnectionError} if the server is unreachable from the beginning. Later it may be, for `unreachableAfterMs`.
   */
  map<Input>(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    toSpec: (input: Input, index: number) => JobSpec | Promise<JobSpec>,
    options: MapOptions<Input> = {},
  ): AsyncIterableIterator<MapItem<Input>, void> {
    const { transport } = this.#parts;
    return transport.observeLoop({ name: 'jobs.map' }, async () => {
      checkOptions(options, MAP_OPTIONS);
      const { mapJobs } = await loadRuns();
      const { allowUnknownFields } = options;
      const build = (spec: JobSpec, signal: AbortSignal): Promise<JobInput> =>
        buildJob(transport, spec, { signal, allowUnknownFields });
      return mapJobs(inputs, toSpec, { ...this.#parts, build }, options);
    });
  }

  /**
   * Returns a handle of a job, by its id or (from servers 1.8 on) its name. Nothing is sent until the handle is used, so an
   * id that was stored can be used in another process.
   *
   * @example
   * ```ts
   * const { stdout } = await bacalhau.jobs.handle(storedId).result();
   * ```
   */
  handle(jobId: string, options: JobHandleOptions = {}): JobHandle {
    checkOptions(options, JOB_HANDLE_OPTIONS);
    return new JobHandle(this.#parts, {
      id: checkIdentifier(jobId, 'jobId'),
      namespace: this.#parts.api.namespace(options),
    });
  }

  /**
   * Submits a job. It is never sent twice: after a `CallError` with `outcomeUnknown` check whether it arrived, or use
   * `submit`, which does that.
   *
   * From servers 1.8 on, a name that exists in the namespace updates that job. Without a name the server makes one.
   *
   * @returns the job's id, the evaluation's id, and the server's warnings, `null` if there are none.
   * @throws {InvalidJobError} naming the field, before anything is sent.
   * @throws {ConflictError} if a job of that name exists already and nothing changed.
   */
  put(request: PutRequest, options: NamespacedCallOptions & JobCheckOptions = {}): ApiPromise<PutJobResponse> {
    return putJob(this.#parts.api, request, options);
  }

  /**
   * Stops a job. The reason becomes the message of the job's state.
   *
   * @throws {ConflictError} if the job has ended already; stopping a job that was stopped before succeeds.
   */
  stop(jobId: string, reason?: string, options: NamespacedCallOptions = {}): ApiPromise<StopJobResponse> {
    return stopJob(this.#parts.api, jobId, reason, options);
  }

  /** Returns a job by its id, by the beginning of its id, or (from servers 1.8 on) by its name. */
  get(jobId: string, options: GetJobOptions = {}): ApiPromise<GetJobResponse> {
    return getJob(this.#parts.api, jobId, options);
  }

  /**
   * Lists jobs, oldest first. Without a namespace, here and in the client's options, those of all namespaces.
   *
   * Pages are counted from the beginning of the list, so a list that changes while it is looped over can shift: in the
   * default order new jobs come at the end and none is missed; in another order one may be. None comes twice.
   *
   * @example
   * ```ts
   * for await (const job of jobs.list({ labels: ['env=prod'], limit: 100 })) console.log(job.ID, job.State?.StateType);
   * ```
   */
  list(options: ListJobsOptions = {}): PagePromise<Job> {
    return listJobs(this.#parts.api, options);
  }

  /** Lists the executions of a job on compute nodes: state, exit code, the beginning of the output, where the result is. */
  executions(jobId: string, options: JobExecutionsOptions = {}): PagePromise<Execution> {
    return listExecutions(this.#parts.api, jobId, options);
  }

  /** Lists the versions of a job's specification, oldest first. From servers 1.8 on. */
  versions(jobId: string, options: NamespacedCallOptions = {}): PagePromise<Job> {
    return listVersions(this.#parts.api, jobId, options);
  }

  /**
   * Lists where the results of a job are, as the server describes it, one entry for each completed execution that
   * published: a URL, an IPFS CID, a location in S3. Empty while the job runs, and for a job without a publisher.
   */
  results(jobId: string, options: NamespacedCallOptions = {}): PagePromise<SpecConfig> {
    return listResults(this.#parts.api, jobId, options);
  }

  /**
   * Lists where the results of a job are, typed by what published them, each with the execution that made it. Empty while
   * the job runs, and for a job without a publisher.
   *
   * @example
   * ```ts
   * for (const result of await jobs.typedResults(jobId)) {
   *   if (result.type === 'url') console.log(result.executionId, result.url);
   * }
   * ```
   */
  async typedResults(jobId: string, options: ListResultsOptions & JobHandleOptions = {}): Promise<TypedResult[]> {
    checkOptions(options, TYPED_RESULTS_OPTIONS);
    const { namespace, ...rest } = options;
    return this.handle(jobId, { namespace }).typedResults(rest);
  }

  /**
   * Follows the events of a job, from its beginning until it has ended. A server that is unreachable for less than five
   * minutes does not end it.
   *
   * @example
   * ```ts
   * for await (const { Event } of jobs.history(jobId, { follow: true })) console.log(Event.Message);
   * ```
   */
  history(jobId: string, options: FollowHistoryOptions): AsyncGenerator<JobHistory, void, undefined>;
  /**
   * Lists the events of a job, in order.
   *
   * While the job runs the server returns a token even after the last event: keep `nextToken` of the last page to ask later
   * for newer events, or set `follow: true`.
   */
  history(jobId: string, options?: JobHistoryOptions): PagePromise<JobHistory>;
  history(
    jobId: string,
    options: JobHistoryOptions | FollowHistoryOptions = {},
  ): PagePromise<JobHistory> | AsyncGenerator<JobHistory, void, undefined> {
    const { api } = this.#parts;
    return isFollowed(options) ? followHistory(api, jobId, options) : listHistory(api, jobId, options);
  }

  /**
   * Compares a job with the existing one of its name: what would change if it were submitted with `onExisting: 'update'`.
   * The text is for humans; it is empty if nothing would change. From servers 1.8 on.
   *
   * @throws {NotFoundError} if there is no job of that name.
   */
  diff(job: JobSpec, options: NamespacedCallOptions & JobCheckOptions = {}): ApiPromise<DiffJobResponse> {
    return diffJob(this.#parts.api, job, options);
  }

  /**
   * Runs a job once more, as a new version of it. From servers 1.8 on.
   *
   * The job is looked up first, with its version: a rerun of something unknown leaves a server up to 1.9.3 unable to
   * write until it is restarted. A job that is deleted in the moment between the two is not covered by that.
   *
   * @throws {NotFoundError} if there is no such job or version, before a rerun is requested.
   */
  rerun(jobId: string, options: RerunOptions = {}): ApiPromise<RerunJobResponse> {
    return rerunJob(this.#parts.api, jobId, options);
  }
}
