import {
  type DiffJobResponse,
  type Execution,
  ExecutionOrderBy,
  type Job,
  type JobHistory,
  JobHistoryEventType,
  type RerunJobResponse,
  type SpecConfig,
} from 'bacalhau-apiclient';
import { checkIdentifier, checkLimit, checkOneOf, checkTime } from '../arguments/index.js';
import type { PageParts, PagePromise } from '../http/index.js';
import {
  type ApiResource,
  type CallOptions,
  isUnreachable,
  itemsPage,
  type ListCall,
  type NamespacedCallOptions,
  type Operation,
  requireServer,
  UNREACHABLE_AFTER_MS,
} from '../http/index.js';
import { checkJob, fingerprintOf, withFingerprint } from '../spec/index.js';
import { defined, sleep } from '../util/index.js';
import { ALL, AWAITED_PAGE, DEFAULT_NAMESPACE } from './job-calls.js';
import type { JobExecutionsOptions, JobHistoryOptions, RerunOptions } from './options.js';

/** What a live history waits between two questions, in milliseconds. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

type Send<T extends object> = Operation<T>['send'];
export interface ItemsOf<T> {
  readonly Items: readonly T[];
  readonly NextToken?: string;
}
export type SendPage<T> = ListCall<ItemsOf<T>, T>['send'];

export const executions =
  (caller: ApiResource, jobId: string, options: JobExecutionsOptions): SendPage<Execution> =>
  ({ pageSize = AWAITED_PAGE }, { jobs }, request) => {
    const { limit, orderBy, reverse = false, jobVersion, allJobVersions } = options;
    return jobs.listJobExecutions(
      {
        jobId: checkIdentifier(jobId, 'jobId'),
        limit: checkLimit(limit ?? pageSize, 'limit'),
        reverse,
        namespace: caller.namespace(options),
        orderBy: orderBy && checkOneOf(orderBy, ExecutionOrderBy, 'orderBy'),
        jobVersion,
        allJobVersions,
      },
      request,
    );
  };

export const versions =
  (caller: ApiResource, jobId: string, options: NamespacedCallOptions): SendPage<Job> =>
  async (_page, { jobs }, request) => {
    await requireNamedJobs(caller, 'jobs.versions', options);
    return jobs.listJobVersions(
      { jobId: checkIdentifier(jobId, 'jobId'), namespace: caller.namespace(options) },
      request,
    );
  };

export const results =
  (caller: ApiResource, jobId: string, options: NamespacedCallOptions): SendPage<SpecConfig> =>
  (_page, { jobs }, request) =>
    jobs.listJobResults({ jobId: checkIdentifier(jobId, 'jobId'), namespace: caller.namespace(options) }, request);

export const history =
  (caller: ApiResource, jobId: string, options: JobHistoryOptions): SendPage<JobHistory> =>
  ({ nextToken = options.nextToken }, { jobs }, request) => {
    const { eventType = 'execution', executionId, limit, since, jobVersion, allJobVersions } = options;
    return jobs.listJobHistory(
      {
        jobId: checkIdentifier(jobId, 'jobId'),
        eventType: checkOneOf(eventType, JobHistoryEventType, 'eventType'),
        namespace: caller.namespace(options),
        executionId,
        // Sent again for every page: the server takes it from the query, not from the token.
        limit: limit === undefined ? undefined : checkLimit(limit, 'limit'),
        nextToken,
        since: since && Math.floor(checkTime(since, 'since') / 1_000),
        jobVersion,
        allJobVersions,
      },
      request,
    );
  };

/** A page of a history, of which only the events of a node may be wanted. */
export const historyPage =
  (listExecutions: (options: JobExecutionsOptions) => PagePromise<Execution>, options: JobHistoryOptions) =>
  async (answer: ItemsOf<JobHistory>): Promise<PageParts<JobHistory>> => {
    const page = itemsPage(answer);
    const { nodeId, signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions } = options;
    if (nodeId === undefined) return page;
    const call = { signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions, limit: ALL };
    const { items } = await listExecutions(call);
    const there = new Set(items.filter(({ NodeID }) => NodeID.startsWith(nodeId)).map(({ ID }) => ID));
    return {
      ...page,
      items: page.items.filter(({ ExecutionID }) => ExecutionID !== undefined && there.has(ExecutionID)),
    };
  };

export async function* followHistory(
  caller: ApiResource,
  pages: (options: JobHistoryOptions) => PagePromise<JobHistory>,
  options: JobHistoryOptions,
): AsyncGenerator<JobHistory, void, undefined> {
  let pause = SHORTEST_PAUSE_MS;
  let { items, nextToken } = await pages(options);
  let reachedAt = performance.now();
  for (;;) {
    yield* items;
    // The server hands out a token as long as the job has not ended.
    if (nextToken === '') return;
    if (items.length > 0) pause = SHORTEST_PAUSE_MS;
    else {
      await caller.transport.withDeadline('jobs.history', { signal: options.signal }, async (cut) => {
        await sleep(pause, cut);
        cut.throwIfAborted();
      });
      pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
    }
    try {
      ({ items, nextToken } = await pages({ ...options, nextToken }));
      reachedAt = performance.now();
    } catch (error) {
      if (!isUnreachable(error) || performance.now() - reachedAt > UNREACHABLE_AFTER_MS) throw error;
      items = [];
    }
  }
}

export const diff =
  (caller: ApiResource, job: Job, options: NamespacedCallOptions): Send<DiffJobResponse> =>
  async ({ jobs }, request) => {
    checkJob(job);
    await requireNamedJobs(caller, 'jobs.diff', options);
    const namespace = job.Namespace ?? caller.namespace(options);
    const marked = withFingerprint(job, await fingerprintOf(job));
    const Job = namespace === undefined ? marked : { ...marked, Namespace: namespace };
    return jobs.diffJob({ diffJobRequest: { Job } }, request);
  };

export const rerun =
  (caller: ApiResource, find: () => Promise<Job>, options: RerunOptions): Send<RerunJobResponse> =>
  async ({ jobs }, request) => {
    await requireNamedJobs(caller, 'jobs.rerun', options);
    const { ID = '', Namespace = DEFAULT_NAMESPACE } = await find();
    return jobs.rerunJob(
      {
        jobId: checkIdentifier(ID, 'jobId'),
        // In the body: servers do not look at the query of a PUT.
        rerunJobRequest: { Namespace, ...defined({ JobVersion: options.jobVersion }) },
      },
      request,
    );
  };

function requireNamedJobs(caller: ApiResource, operation: string, { signal, timeoutMs }: CallOptions): Promise<void> {
  const advice = 'Older servers know a job by its id only and keep one version of it.';
  return requireServer(caller.transport, '1.8.0', operation, advice, { signal, timeoutMs });
}
