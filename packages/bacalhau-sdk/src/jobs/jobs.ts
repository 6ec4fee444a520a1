import {
  type Execution,
  ExecutionOrderBy,
  type GetJobResponse,
  type Job,
  type JobHistory,
  JobHistoryEventType,
  JobInclude,
  JobOrderBy,
  type PutJobRequest,
  type PutJobResponse,
  type SpecConfig,
  type StopJobResponse,
} from 'bacalhau-apiclient';
import { type PagePromise, pagePromise } from '../pagination/index.js';
import { checkIdentifier, checkLimit, checkPutJobRequest, oneOf } from '../spec/index.js';
import {
  type ApiPromise,
  type CallOptions,
  type ClientOptions,
  connect,
  type NamespacedCallOptions,
  type Operation,
  Transport,
} from '../transport/index.js';
import type { GetJobOptions, JobExecutionsOptions, JobHistoryOptions, ListJobsOptions } from './options.js';

/**
 * The jobs of a Bacalhau network: submit, stop, look up, list.
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
  readonly #transport: Transport;

  /** The jobs of the network that the options and the environment name; the same as `new Bacalhau(options).jobs`. */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(transport: Transport);
  constructor(source: ClientOptions | Transport = {}) {
    this.#transport = source instanceof Transport ? source : connect(source);
  }

  /**
   * Submits a job. It is never sent twice: after a `CallError` with `outcomeUnknown` look whether it arrived.
   *
   * From servers 1.8 on, a name that exists in the namespace updates that job. Without a name the server makes one.
   *
   * @returns the job's id, the evaluation's id, and the server's warnings, `null` if there are none.
   * @throws {InvalidJobError} naming the field, before anything is sent.
   * @throws {ConflictError} if a job of that name exists already and nothing changed.
   */
  put(request: PutJobRequest, options: NamespacedCallOptions = {}): ApiPromise<PutJobResponse> {
    return this.#write('jobs.put', options, ({ jobs }, sending) => {
      checkPutJobRequest(request);
      const namespace = request.Job.Namespace ?? this.#namespace(options);
      const putJobRequest =
        namespace === undefined ? request : { ...request, Job: { ...request.Job, Namespace: namespace } };
      return jobs.putJob({ putJobRequest }, sending);
    });
  }

  /**
   * Stops a job. The reason becomes the message of the job's state.
   *
   * @throws {ConflictError} if the job has ended already; a job that was stopped before is stopped again without complaint.
   */
  stop(jobId: string, reason?: string, options: NamespacedCallOptions = {}): ApiPromise<StopJobResponse> {
    return this.#write('jobs.stop', options, ({ jobs }, sending) =>
      jobs.stopJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          // In the body: servers ignore the query parameter of that name.
          ...defined({
            namespace: this.#namespace(options),
            stopJobRequest: reason === undefined ? undefined : { reason },
          }),
        },
        sending,
      ),
    );
  }

  /** A job by id, by the beginning of its id, or (from servers 1.8 on) by name. */
  get(jobId: string, options: GetJobOptions = {}): ApiPromise<GetJobResponse> {
    const { include = [], limit = 10, jobVersion } = options;
    return this.#read('jobs.get', options, ({ jobs }, sending) => {
      const parts = (typeof include === 'string' ? [include] : include).map((part) =>
        oneOf(part, JobInclude, 'include'),
      );
      return jobs.getJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          limit: checkLimit(limit, 'limit'),
          ...defined({
            namespace: this.#namespace(options),
            jobVersion,
            include: parts.length === 0 ? undefined : parts,
          }),
        },
        sending,
      );
    });
  }

  /**
   * Lists jobs, oldest first. Without a namespace, here and in the client's options, those of all namespaces.
   *
   * @example
   * ```ts
   * for await (const job of jobs.list({ labels: ['env=prod'], limit: 100 })) console.log(job.ID, job.State?.StateType);
   * ```
   */
  list(options: ListJobsOptions = {}): PagePromise<Job> {
    const { limit = 5, nextToken, orderBy = 'created_at', reverse = false, labels } = options;
    const call = this.#read('jobs.list', options, ({ jobs }, sending) =>
      jobs.listJobs(
        {
          limit: checkLimit(limit, 'limit'),
          orderBy: oneOf(orderBy, JobOrderBy, 'orderBy'),
          reverse,
          // The token remembers neither namespace nor labels, so they go along with every page.
          ...defined({ namespace: this.#namespace(options), nextToken, labels: labels && [...labels] }),
        },
        sending,
      ),
    );
    return this.#page(call, (token) => this.list({ ...options, nextToken: token }));
  }

  /** The runs of a job on compute nodes: state, exit code, the beginning of its output, where the result went. */
  executions(jobId: string, options: JobExecutionsOptions = {}): PagePromise<Execution> {
    const { limit = 5, orderBy, reverse = false, jobVersion, allJobVersions } = options;
    const call = this.#read('jobs.executions', options, ({ jobs }, sending) =>
      jobs.listJobExecutions(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          limit: checkLimit(limit, 'limit'),
          reverse,
          ...defined({
            namespace: this.#namespace(options),
            orderBy: orderBy && oneOf(orderBy, ExecutionOrderBy, 'orderBy'),
            jobVersion,
            allJobVersions,
          }),
        },
        sending,
      ),
    );
    return this.#page(call, (token) => this.executions(jobId, { ...options, nextToken: token }));
  }

  /**
   * Where the results of a job are, one entry for each completed execution that published: a URL, an IPFS CID, an S3
   * place. Nothing while the job runs, and nothing for a job without a publisher.
   */
  results(jobId: string, options: NamespacedCallOptions = {}): PagePromise<SpecConfig> {
    const call = this.#read('jobs.results', options, ({ jobs }, sending) =>
      jobs.listJobResults(
        { jobId: checkIdentifier(jobId, 'jobId'), ...defined({ namespace: this.#namespace(options) }) },
        sending,
      ),
    );
    return this.#page(call, () => this.results(jobId, options));
  }

  /**
   * What happened to a job, in order.
   *
   * While the job runs the server hands out a token even after the last event: keep `nextToken` of the last page to
   * ask later for what came since.
   */
  history(jobId: string, options: JobHistoryOptions = {}): PagePromise<JobHistory> {
    const {
      eventType = 'execution',
      executionId,
      nodeId,
      limit,
      nextToken,
      since,
      jobVersion,
      allJobVersions,
    } = options;
    const call = this.#read('jobs.history', options, ({ jobs }, sending) =>
      jobs.listJobHistory(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          eventType: oneOf(eventType, JobHistoryEventType, 'eventType'),
          ...defined({
            namespace: this.#namespace(options),
            executionId,
            // Sent again for every page: the server takes it from the query, not from the token.
            limit: limit === undefined ? undefined : checkLimit(limit, 'limit'),
            nextToken,
            since: since && Math.floor(since.getTime() / 1_000),
            jobVersion,
            allJobVersions,
          }),
        },
        sending,
      ),
    );
    const next = (token: string) => this.history(jobId, { ...options, nextToken: token });
    if (nodeId === undefined) return this.#page(call, next);
    const onNode = this.#executionsOn(nodeId, jobId, options);
    return this.#page(
      call,
      next,
      onNode.then(
        (ids) =>
          ({ ExecutionID }) =>
            ExecutionID !== undefined && ids.has(ExecutionID),
      ),
    );
  }

  #read<T extends object>(name: string, options: CallOptions, send: Operation<T>['send']): ApiPromise<T> {
    return this.#transport.call({ name, safe: true, send }, options);
  }

  #write<T extends object>(name: string, options: CallOptions, send: Operation<T>['send']): ApiPromise<T> {
    return this.#transport.call({ name, safe: false, send }, options);
  }

  async #executionsOn(nodeId: string, jobId: string, options: JobHistoryOptions): Promise<ReadonlySet<string>> {
    const { signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions } = options;
    const call = { signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions, limit: 0 };
    const { items } = await this.executions(jobId, call);
    return new Set(items.filter(({ NodeID }) => NodeID.startsWith(nodeId)).map(({ ID }) => ID));
  }

  /** Pages of a list call; `keep` leaves entries out without ending the list where a whole page is left out. */
  #page<T>(
    call: ApiPromise<ListAnswer<T>>,
    next: (nextToken: string) => PagePromise<T>,
    keep?: Promise<(item: T) => boolean>,
  ): PagePromise<T> {
    const filtered = call.withResponse().then(async ({ data, response }) => ({ data, response, kept: await keep }));
    return pagePromise(filtered, ({ data: { Items, NextToken }, kept }) => ({
      items: kept === undefined ? Items : Items.filter(kept),
      nextToken: NextToken ?? '',
      end: Items.length === 0,
      fetch: next,
    }));
  }

  #namespace(options: NamespacedCallOptions): string | undefined {
    return options.namespace ?? this.#transport.config.namespace;
  }
}

/** The common shape of the server's list answers. */
interface ListAnswer<T> {
  readonly Items: readonly T[];
  readonly NextToken?: string;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined, which the generated types tell from absent. */
function defined<T extends object>(values: T): Defined<T> {
  const result: Defined<T> = {};
  for (const key in values) {
    const value = values[key];
    if (isDefined(value)) result[key] = value;
  }
  return result;
}

const isDefined = <T>(value: T): value is Exclude<T, undefined> => value !== undefined;
