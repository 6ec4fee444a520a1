import {
  type DiffJobResponse,
  type Execution,
  type GetJobResponse,
  type Job,
  type JobHistory,
  JobInclude,
  JobOrderBy,
  type PutJobRequest,
  type PutJobResponse,
  type RerunJobResponse,
  type SpecConfig,
  type StopJobResponse,
} from 'bacalhau-apiclient';
import { checkIdentifier, checkLabels, checkLimit, checkOneOf } from '../arguments/index.js';
import type { ApiPromise, PagePromise } from '../http/index.js';
import {
  ApiResource,
  type CallOptions,
  itemsPage,
  type NamespacedCallOptions,
  type Operation,
  type Transport,
} from '../http/index.js';
import { checkPutJobRequest } from '../spec/index.js';
import { load, raceAbort } from '../util/index.js';
import type {
  FollowHistoryOptions,
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryOptions,
  ListJobsOptions,
  RerunOptions,
} from './options.js';
import type { ItemsOf, SendPage } from './other-calls.js';

/** The page of a list that is awaited without a limit, as in the Python SDK. */
export const AWAITED_PAGE = 5;
/** The page of a list that is looped over without a limit: servers decode every job of a namespace for each page. */
const WALKED_PAGE = 1_000;

export { DEFAULT_NAMESPACE } from '../model/index.js';
/** The limit that means all entries. */
export const ALL = 0;

/** The code of the calls that few programs make is loaded when one of them is sent. */
const others = () => load(import('./other-calls.js'));
type OtherCalls = typeof import('./other-calls.js');

const late =
  <A extends readonly unknown[], R>(call: (calls: OtherCalls) => (...args: A) => R | Promise<R>) =>
  async (...args: A): Promise<R> =>
    call(await others())(...args);

/** The server's calls on jobs, one method a call. */
export class JobCalls {
  readonly #caller: ApiResource;

  /** @internal */
  constructor(transport: Transport) {
    this.#caller = new ApiResource(transport);
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
    const send: Operation<PutJobResponse>['send'] = async ({ jobs }, sending) => {
      checkPutJobRequest(request);
      const job = explicit(request.Job);
      const namespace = job.Namespace ?? this.#caller.namespace(options);
      const Job = namespace === undefined ? job : { ...job, Namespace: namespace };
      return jobs.putJob({ putJobRequest: { ...request, Job } }, sending);
    };
    return this.#caller.transport.call({ name: 'jobs.put', safe: false, requiredField: 'JobID', send }, options);
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
          namespace: this.#caller.namespace(options),
          // In the body: servers ignore the query parameter of that name.
          stopJobRequest: reason === undefined ? undefined : { reason },
        },
        request,
      ),
    );
  }

  /** A job by id, by the beginning of its id, or (from servers 1.8 on) by name. */
  get(jobId: string, options: GetJobOptions = {}): ApiPromise<GetJobResponse> {
    const { include = [], limit = 10, jobVersion } = options;
    const send: Operation<GetJobResponse>['send'] = ({ jobs }, request) => {
      const parts = (typeof include === 'string' ? [include] : include).map((part) =>
        checkOneOf(part, JobInclude, 'include'),
      );
      return jobs.getJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          limit: checkLimit(limit, 'limit'),
          namespace: this.#caller.namespace(options),
          jobVersion,
          include: parts.length === 0 ? undefined : parts,
        },
        request,
      );
    };
    return this.#caller.transport.call({ name: 'jobs.get', safe: true, requiredField: 'Job', jobId, send }, options);
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
    const { limit, orderBy = 'created_at', reverse = false, labels } = options;
    return this.#caller.list({
      name: 'jobs.list',
      options,
      send: ({ nextToken = options.nextToken, pageSize = AWAITED_PAGE }, { jobs }, request) =>
        jobs.listJobs(
          {
            limit: checkLimit(limit ?? pageSize, 'limit'),
            orderBy: checkOneOf(orderBy, JobOrderBy, 'orderBy'),
            reverse,
            // The token remembers neither namespace nor labels, so they go along with every page.
            namespace: this.#caller.namespace(options),
            nextToken,
            labels: labels && checkLabels(labels),
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
    return this.#list('jobs.executions', options, (calls) => calls.executions(this.#caller, jobId, options), ALL);
  }

  /** The versions of a job's specification, oldest first. From servers 1.8 on. */
  versions(jobId: string, options: NamespacedCallOptions = {}): PagePromise<Job> {
    return this.#list('jobs.versions', options, (calls) => calls.versions(this.#caller, jobId, options));
  }

  /**
   * Where the results of a job are, one entry for each completed execution that published: a URL, an IPFS CID, an S3
   * place. Nothing while the job runs, and nothing for a job without a publisher.
   */
  results(jobId: string, options: NamespacedCallOptions = {}): PagePromise<SpecConfig> {
    return this.#list('jobs.results', options, (calls) => calls.results(this.#caller, jobId, options));
  }

  /**
   * What happens to a job, from its beginning and as it happens, until it has ended. A server that is out of reach for
   * less than five minutes does not end it.
   *
   * @example
   * ```ts
   * for await (const { Event } of jobs.history(jobId, { follow: true })) console.log(Event.Message);
   * ```
   */
  history(jobId: string, options: FollowHistoryOptions): AsyncGenerator<JobHistory, void, undefined>;
  /**
   * What happened to a job, in order.
   *
   * While the job runs the server hands out a token even after the last event: keep `nextToken` of the last page to
   * ask later for what came since, or say `follow: true`.
   */
  history(jobId: string, options?: JobHistoryOptions): PagePromise<JobHistory>;
  history(
    jobId: string,
    options: JobHistoryOptions | FollowHistoryOptions = {},
  ): PagePromise<JobHistory> | AsyncGenerator<JobHistory, void, undefined> {
    return 'follow' in options && options.follow
      ? this.#followHistory(jobId, options)
      : this.#historyPages(jobId, options);
  }

  #list<T>(
    name: string,
    options: CallOptions,
    send: (calls: OtherCalls) => SendPage<T>,
    walkSize?: number,
  ): PagePromise<T> {
    return this.#caller.list<ItemsOf<T>, T>({ name, options, send: late(send), toPage: itemsPage, walkSize });
  }

  #historyPages(jobId: string, options: JobHistoryOptions): PagePromise<JobHistory> {
    return this.#caller.list({
      name: 'jobs.history',
      options,
      send: late((calls) => calls.history(this.#caller, jobId, options)),
      toPage: late((calls) => calls.historyPage((call) => this.executions(jobId, call), options)),
    });
  }

  /**
   * What would change if this job, by its name, were submitted with `onExisting: 'update'`. The text is for people; it is
   * empty if nothing would. From servers 1.8 on.
   *
   * @throws {NotFoundError} if there is no job of that name.
   */
  diff(job: Job, options: NamespacedCallOptions = {}): ApiPromise<DiffJobResponse> {
    return this.#caller.read(
      'jobs.diff',
      options,
      late((calls) => calls.diff(this.#caller, job, options)),
    );
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
    const find = async (): Promise<Job> => {
      const namespace = this.#caller.namespace(options);
      const found = await this.get(jobId, { namespace, jobVersion, signal, timeoutMs, maxRetries, headers });
      return found.Job;
    };
    return this.#caller.write(
      'jobs.rerun',
      options,
      late((calls) => calls.rerun(this.#caller, find, options)),
    );
  }

  async *#followHistory(jobId: string, options: JobHistoryOptions): AsyncGenerator<JobHistory, void, undefined> {
    const { signal } = options;
    const { followHistory } = await this.#caller.transport.withDeadline('jobs.history', { signal }, (cut) =>
      raceAbort(others(), cut),
    );
    yield* followHistory(this.#caller, (call) => this.#historyPages(jobId, call), options);
  }
}

/** The job with what new servers take for granted and older ones do not, so that it means the same to all. */
function explicit(job: Job): Job {
  const isCounted = job.Type === 'batch' || job.Type === 'service';
  return {
    ...job,
    // Before 1.6.5 a missing count is 0, and nothing runs.
    ...(isCounted && { Count: job.Count ?? 1 }),
    // Servers up to 1.7 refuse a task without any publisher.
    Tasks: job.Tasks.map((task) => ({ ...task, Publisher: task.Publisher ?? { Type: '' } })),
  };
}
