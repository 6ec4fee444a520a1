import { type JobHistory, JobHistoryEventType } from 'bacalhau-apiclient';
import { checkIdentifier, checkLimit, checkOneOf, checkTime, type OptionNames } from '../arguments/index.js';
import {
  type ApiResource,
  historyPolicy,
  historyProblem,
  itemsPage,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PageParts,
  type PagePromise,
  repeatedPageError,
} from '../http/index.js';
import { pauseMs, sleep, throwIfAborted } from '../util/index.js';
import { listExecutions } from './list-executions.js';
import { ALL } from './page-size.js';

/** How long a history that is followed waits between two requests, in milliseconds. */
const FOLLOW_PAUSE = { shortestMs: 100, longestMs: 2_000 };

/** Which of a job's events to list. */
export interface JobHistoryOptions extends NamespacedCallOptions {
  /** Events of the job, of its executions, or `all`. Default: `execution`. */
  readonly eventType?: JobHistoryEventType | undefined;
  /** Only events of this execution; its full id. */
  readonly executionId?: string | undefined;
  /**
   * Only events of executions on this node: its id, or the beginning of it. Servers from 1.5 on have no such filter,
   * so the SDK requests the job's executions as well.
   */
  readonly nodeId?: string | undefined;
  /** Entries a page. Default: the server's, 100. */
  readonly limit?: number | undefined;
  /** Where to continue: the `nextToken` of an earlier page. */
  readonly nextToken?: string | undefined;
  /** Only events from this moment on; servers compare whole seconds. */
  readonly since?: Date | undefined;
  /** A version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
  /** Events of every version of the job, from servers 1.8 on. Default: false. */
  readonly allJobVersions?: boolean | undefined;
}

/** The options of a history that is followed until the job has ended. */
export interface FollowHistoryOptions extends JobHistoryOptions {
  /** Continues with new events until the job has ended. */
  readonly follow: true;
}

const HISTORY_OPTIONS: OptionNames<FollowHistoryOptions> = {
  ...NAMESPACED_CALL_OPTIONS,
  eventType: true,
  executionId: true,
  nodeId: true,
  limit: true,
  nextToken: true,
  since: true,
  jobVersion: true,
  allJobVersions: true,
  follow: true,
};

/** Whether a history is to be followed. What is no object at all is refused by the call. */
export const isFollowed = (options: JobHistoryOptions | FollowHistoryOptions): options is FollowHistoryOptions =>
  typeof options === 'object' && options !== null && 'follow' in options && options.follow;

/** Lists the events of a job. */
export const listHistory = (
  api: ApiResource,
  jobId: string,
  options: JobHistoryOptions = {},
): PagePromise<JobHistory> =>
  api.list({
    name: 'jobs.history',
    options,
    optionNames: HISTORY_OPTIONS,
    jobId,
    problem: (body) => historyProblem({ id: jobId, namespace: api.requiredNamespace(options) })(body),
    send: ({ nextToken = options.nextToken }, { jobs }, request) => {
      const { eventType = 'execution', executionId, limit, since, jobVersion, allJobVersions } = options;
      return jobs.listJobHistory(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          eventType: checkOneOf(eventType, JobHistoryEventType, 'eventType'),
          namespace: api.namespace(options),
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
    },
    toPage: (answer: HistoryAnswer, remaining) => onNode(api, jobId, itemsPage(answer), remaining),
  });

interface HistoryAnswer {
  readonly Items: readonly JobHistory[];
  readonly NextToken?: string;
}

/** Leaves of a page the events of one node, if only those are wanted. */
async function onNode(
  api: ApiResource,
  jobId: string,
  page: PageParts<JobHistory>,
  { nodeId, signal, timeoutMs, maxRetries, headers, namespace, jobVersion, allJobVersions }: JobHistoryOptions,
): Promise<PageParts<JobHistory>> {
  if (nodeId === undefined) return page;
  const call = { signal, timeoutMs, maxRetries, headers, jobVersion, allJobVersions, limit: ALL };
  const { items } = await listExecutions(api, jobId, namespace === undefined ? call : { ...call, namespace });
  const there = new Set(items.filter(({ NodeID }) => NodeID.startsWith(nodeId)).map(({ ID }) => ID));
  return {
    ...page,
    items: page.items.filter(({ ExecutionID }) => ExecutionID !== undefined && there.has(ExecutionID)),
  };
}

/** Gives the events of a job as they happen, until it has ended. */
export async function* followHistory(
  api: ApiResource,
  jobId: string,
  options: FollowHistoryOptions,
): AsyncGenerator<JobHistory, void, undefined> {
  let { items, nextToken } = await listHistory(api, jobId, options);
  let reachedAt = performance.now();
  let changedAt = reachedAt;
  for (;;) {
    yield* items;
    // The server hands out a token as long as the job has not ended.
    if (nextToken === '') return;
    if (items.length > 0) changedAt = performance.now();
    else {
      await api.transport.withDeadline('jobs.history', { signal: options.signal }, async (signal) => {
        await sleep(pauseMs(performance.now() - changedAt, FOLLOW_PAUSE), signal);
        throwIfAborted(signal);
      });
    }
    try {
      const { data, response } = await listHistory(api, jobId, { ...options, nextToken }).withResponse();
      if (data.items.length > 0 && data.nextToken === nextToken) {
        throw repeatedPageError('jobs.history', nextToken, response);
      }
      ({ items, nextToken } = data);
      reachedAt = performance.now();
    } catch (error) {
      if (!historyPolicy.isRetryable(error) || performance.now() - reachedAt > historyPolicy.longestMs) throw error;
      items = [];
    }
  }
}
