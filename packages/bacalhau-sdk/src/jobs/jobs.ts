import {
  type DiffJobResponse,
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
  type RerunJobResponse,
  type SpecConfig,
  type StopJobResponse,
} from 'bacalhau-apiclient';
import type { ApiPromise, PagePromise } from '../answers/index.js';
import { collectRun, JobHandle, publisherFor, type RunOptions, type RunResult, withPublisher } from '../job/index.js';
import { Nodes } from '../nodes/index.js';
import {
  checkIdentifier,
  checkJob,
  checkLimit,
  checkPutJobRequest,
  isTemplate,
  type JobSpec,
  oneOf,
} from '../spec/index.js';
import {
  Caller,
  type CallOptions,
  type ClientOptions,
  connect,
  defined,
  itemsPage,
  type NamespacedCallOptions,
  randomHex,
  sleep,
  Transport,
} from '../transport/index.js';
import { Waiter } from '../wait/index.js';
import type {
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryOptions,
  ListJobsOptions,
  RerunOptions,
} from './options.js';

/** The page of a list that is awaited without a limit, as in the Python SDK. */
const AWAITED_PAGE = 5;
/** The page of a list that is looped over without a limit: servers decode every job of a namespace for each page. */
const WALKED_PAGE = 1_000;
/** What a live history waits between two questions, in milliseconds. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** Where servers put a job that names no namespace. */
const DEFAULT_NAMESPACE = 'default';
/** The limit that means all entries. */
const ALL = 0;

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
  readonly #caller: Caller;
  readonly #waiter: Waiter;

  /** The jobs of the network that the options and the environment name; the same as `new Bacalhau(options).jobs`. */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(transport: Transport);
  constructor(source: ClientOptions | Transport = {}) {
    const transport = source instanceof Transport ? source : connect(source);
    this.#caller = new Caller(transport);
    this.#waiter = new Waiter(transport);
  }

  /**
   * Submits a job and gives a handle of it. A job without a name gets a fresh one, by which it can be found again if
   * the answer is lost.
   *
   * @example
   * ```ts
   * const job = await bacalhau.jobs.submit(docker({ image: 'ubuntu', parameters: ['date'] }));
   * console.log(job.id);
   * ```
   * @throws {InvalidJobError} naming the field, before anything is sent.
   */
  async submit(spec: JobSpec, options: NamespacedCallOptions = {}): Promise<JobHandle> {
    const job = await this.#toJob(spec, options);
    const named = job.Name === undefined || job.Name === '' ? { ...job, Name: freshName() } : job;
    const { JobID, Warnings } = await this.put({ Job: named }, options);
    const namespace = job.Namespace ?? this.#caller.namespace(options);
    return this.#handle({ id: JobID, namespace: namespace ?? DEFAULT_NAMESPACE, warnings: Warnings ?? [] });
  }

  /**
   * Submits a job, waits for its end, and collects what it printed, how it ended, and where its results are.
   *
   * @example
   * ```ts
   * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
   * ```
   * @throws {JobExitError} if its program ended with an exit code that means failure; it holds the whole result.
   * @throws {JobFailedError} if it could not be placed, started or finished, with the cause that the nodes gave.
   * @throws {JobStoppedError} if somebody stopped it.
   * @throws {RequestAbortedError} if `signal` was aborted; the job is stopped then, unless `stopOnAbort` is false.
   */
  async run(spec: JobSpec, options: RunOptions = {}): Promise<RunResult> {
    const { signal, namespace } = options;
    const job = await this.#toJob(spec, { signal });
    const { transport } = this.#caller;
    const added = await publisherFor(job, new Nodes(transport), options);
    const handle = await this.submit(added === undefined ? job : withPublisher(job, added), { signal, namespace });
    return collectRun(handle, transport, added, options);
  }

  /** A handle of a job by id or name. Nothing is asked until the handle is used. */
  handle(jobId: string, options: { readonly namespace?: string | undefined } = {}): JobHandle {
    return this.#handle({ id: checkIdentifier(jobId, 'jobId'), namespace: this.#caller.namespace(options) });
  }

  #handle(reference: { id: string; namespace: string | undefined; warnings?: readonly string[] }): JobHandle {
    return new JobHandle({ jobs: this, waiter: this.#waiter, transport: this.#caller.transport }, reference);
  }

  async #toJob(spec: JobSpec, { signal, timeoutMs }: CallOptions): Promise<Job> {
    if (!isTemplate(spec)) return spec;
    return spec.toJob({ serverRelease: await this.#caller.transport.serverRelease({ signal, timeoutMs }) });
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
    return this.#caller.write('jobs.put', options, ({ jobs }, sending) => {
      checkPutJobRequest(request);
      const namespace = request.Job.Namespace ?? this.#caller.namespace(options);
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
    return this.#caller.write('jobs.stop', options, ({ jobs }, request) =>
      jobs.stopJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          // In the body: servers ignore the query parameter of that name.
          ...defined({
            namespace: this.#caller.namespace(options),
            stopJobRequest: reason === undefined ? undefined : { reason },
          }),
        },
        request,
      ),
    );
  }

  /** A job by id, by the beginning of its id, or (from servers 1.8 on) by name. */
  get(jobId: string, options: GetJobOptions = {}): ApiPromise<GetJobResponse> {
    const { include = [], limit = 10, jobVersion } = options;
    return this.#caller.read('jobs.get', options, ({ jobs }, request) => {
      const parts = (typeof include === 'string' ? [include] : include).map((part) =>
        oneOf(part, JobInclude, 'include'),
      );
      return jobs.getJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          limit: checkLimit(limit, 'limit'),
          ...defined({
            namespace: this.#caller.namespace(options),
            jobVersion,
            include: parts.length === 0 ? undefined : parts,
          }),
        },
        request,
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
    const { limit, orderBy = 'created_at', reverse = false, labels } = options;
    return this.#caller.list({
      name: 'jobs.list',
      options,
      send: ({ nextToken = options.nextToken, pageSize = AWAITED_PAGE }, { jobs }, request) =>
        jobs.listJobs(
          {
            limit: checkLimit(limit ?? pageSize, 'limit'),
            orderBy: oneOf(orderBy, JobOrderBy, 'orderBy'),
            reverse,
            // The token remembers neither namespace nor labels, so they go along with every page.
            ...defined({ namespace: this.#caller.namespace(options), nextToken, labels: labels && [...labels] }),
          },
          request,
        ),
      toPage: itemsPage,
      walkSize: WALKED_PAGE,
      key: ({ ID }) => ID,
    });
  }

  /** The runs of a job on compute nodes: state, exit code, the beginning of its output, where the result went. */
  executions(jobId: string, options: JobExecutionsOptions = {}): PagePromise<Execution> {
    const { limit, orderBy, reverse = false, jobVersion, allJobVersions } = options;
    return this.#caller.list({
      name: 'jobs.executions',
      options,
      send: ({ pageSize = AWAITED_PAGE }, { jobs }, request) =>
        jobs.listJobExecutions(
          {
            jobId: checkIdentifier(jobId, 'jobId'),
            limit: checkLimit(limit ?? pageSize, 'limit'),
            reverse,
            ...defined({
              namespace: this.#caller.namespace(options),
              orderBy: orderBy && oneOf(orderBy, ExecutionOrderBy, 'orderBy'),
              jobVersion,
              allJobVersions,
            }),
          },
          request,
        ),
      toPage: itemsPage,
      walkSize: ALL,
    });
  }

  /** The versions of a job's specification, oldest first. From servers 1.8 on. */
  versions(jobId: string, options: NamespacedCallOptions = {}): PagePromise<Job> {
    return this.#caller.list({
      name: 'jobs.versions',
      options,
      send: async (_page, { jobs }, request) => {
        await this.#requireNamedJobs('jobs.versions', options);
        return jobs.listJobVersions(
          { jobId: checkIdentifier(jobId, 'jobId'), ...defined({ namespace: this.#caller.namespace(options) }) },
          request,
        );
      },
      toPage: itemsPage,
    });
  }

  /**
   * Where the results of a job are, one entry for each completed execution that published: a URL, an IPFS CID, an S3
   * place. Nothing while the job runs, and nothing for a job without a publisher.
   */
  results(jobId: string, options: NamespacedCallOptions = {}): PagePromise<SpecConfig> {
    return this.#caller.list({
      name: 'jobs.results',
      options,
      send: (_page, { jobs }, request) =>
        jobs.listJobResults(
          { jobId: checkIdentifier(jobId, 'jobId'), ...defined({ namespace: this.#caller.namespace(options) }) },
          request,
        ),
      toPage: itemsPage,
    });
  }

  /**
   * What happened to a job, in order.
   *
   * While the job runs the server hands out a token even after the last event: keep `nextToken` of the last page to
   * ask later for what came since, or let `followHistory` do that.
   */
  history(jobId: string, options: JobHistoryOptions = {}): PagePromise<JobHistory> {
    const { eventType = 'execution', executionId, nodeId, limit, since, jobVersion, allJobVersions } = options;
    return this.#caller.list({
      name: 'jobs.history',
      options,
      send: ({ nextToken = options.nextToken }, { jobs }, request) =>
        jobs.listJobHistory(
          {
            jobId: checkIdentifier(jobId, 'jobId'),
            eventType: oneOf(eventType, JobHistoryEventType, 'eventType'),
            ...defined({
              namespace: this.#caller.namespace(options),
              executionId,
              // Sent again for every page: the server takes it from the query, not from the token.
              limit: limit === undefined ? undefined : checkLimit(limit, 'limit'),
              nextToken,
              since: since && Math.floor(since.getTime() / 1_000),
              jobVersion,
              allJobVersions,
            }),
          },
          request,
        ),
      toPage: async (answer) => {
        const page = itemsPage(answer);
        if (nodeId === undefined) return page;
        const executions = await this.#executionsOn(nodeId, jobId, options);
        const items = page.items.filter(({ ExecutionID }) => ExecutionID !== undefined && executions.has(ExecutionID));
        return { ...page, items };
      },
    });
  }

  async #executionsOn(nodeId: string, jobId: string, options: JobHistoryOptions): Promise<ReadonlySet<string>> {
    const { signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions } = options;
    const call = { signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions, limit: ALL };
    const { items } = await this.executions(jobId, call);
    return new Set(items.filter(({ NodeID }) => NodeID.startsWith(nodeId)).map(({ ID }) => ID));
  }

  /**
   * What would change if this job, by its name, were submitted. The text is for people; it is empty if nothing would.
   * From servers 1.8 on.
   *
   * @throws {NotFoundError} if there is no job of that name.
   */
  diff(job: Job, options: NamespacedCallOptions = {}): ApiPromise<DiffJobResponse> {
    return this.#caller.read('jobs.diff', options, async ({ jobs }, request) => {
      checkJob(job);
      await this.#requireNamedJobs('jobs.diff', options);
      const namespace = job.Namespace ?? this.#caller.namespace(options);
      const Job = namespace === undefined ? job : { ...job, Namespace: namespace };
      return jobs.diffJob({ diffJobRequest: { Job } }, request);
    });
  }

  /**
   * Runs a job once more, as a new version of it. From servers 1.8 on.
   *
   * The job is looked up first, with its version: a rerun of something unknown leaves a server up to 1.9.3 unable to
   * write until it is restarted. A job that is deleted in the moment between the two is not covered by that.
   *
   * @throws {NotFoundError} if there is no such job or version; the server is not bothered then.
   */
  rerun(jobId: string, options: RerunOptions = {}): ApiPromise<RerunJobResponse> {
    const { jobVersion, signal, timeoutMs, maxRetries, headers } = options;
    return this.#caller.write('jobs.rerun', options, async ({ jobs }, request) => {
      await this.#requireNamedJobs('jobs.rerun', options);
      const namespace = this.#caller.namespace(options);
      const found = await this.get(jobId, { namespace, jobVersion, signal, timeoutMs, maxRetries, headers });
      const { ID = '', Namespace = DEFAULT_NAMESPACE } = found.Job;
      return jobs.rerunJob(
        {
          jobId: checkIdentifier(ID, 'jobId'),
          // In the body: servers do not look at the query of a PUT.
          rerunJobRequest: { Namespace, ...defined({ JobVersion: jobVersion }) },
        },
        request,
      );
    });
  }

  /**
   * What happens to a job, from its beginning and as it happens, until it has ended.
   *
   * @example
   * ```ts
   * for await (const { Event } of jobs.followHistory(jobId)) console.log(Event.Message);
   * ```
   */
  async *followHistory(jobId: string, options: JobHistoryOptions = {}): AsyncGenerator<JobHistory, void, undefined> {
    let pause = SHORTEST_PAUSE_MS;
    let page = await this.history(jobId, { eventType: 'all', ...options });
    for (;;) {
      yield* page.items;
      // The server hands out a token as long as the job has not ended.
      if (page.nextToken === '') return;
      if (page.items.length > 0) pause = SHORTEST_PAUSE_MS;
      else {
        await this.#caller.transport.hold('jobs.followHistory', { signal: options.signal }, (cut) => sleep(pause, cut));
        pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
      }
      page = await this.history(jobId, { eventType: 'all', ...options, nextToken: page.nextToken });
    }
  }

  #requireNamedJobs(operation: string, { signal, timeoutMs }: CallOptions): Promise<void> {
    const advice = 'Older servers know a job by its id only and keep one version of it.';
    return this.#caller.transport.requireServer('1.8.0', operation, advice, { signal, timeoutMs });
  }
}

const freshName = (): string => `job-${randomHex(8)}`;
