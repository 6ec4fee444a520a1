import { type Execution, type Job, type JobHistory, JobHistoryEventType, JobInclude } from 'bacalhau-apiclient';
import { checkIdentifier, checkLimit, checkOneOf, checkTime, type OptionNames } from '../arguments/index.js';
import {
  ApiResource,
  type CallOptions,
  historyPolicy,
  historyProblem,
  itemsPage,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PageParts,
  type PagePromise,
  type ResponseInfo,
  refusalError,
  repeatedPageError,
} from '../http/index.js';
import { hasEnded, isAtLeast, parseRelease, phaseOf, type ServerRelease } from '../model/index.js';
import { pauseMs, sleep, throwIfAborted } from '../util/index.js';
import { getJob } from './get-job.js';
import { listExecutions } from './list-executions.js';
import { ALL } from './page-size.js';

const OPERATION = 'jobs.history';

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

/** Returns whether a history is to be followed. The call refuses options that are not an object. */
export const isFollowed = (options: JobHistoryOptions | FollowHistoryOptions): options is FollowHistoryOptions =>
  typeof options === 'object' && options !== null && 'follow' in options && options.follow;

/** Lists the events of a job. */
export const listHistory = (
  api: ApiResource,
  jobId: string,
  options: JobHistoryOptions = {},
): PagePromise<JobHistory> =>
  api.list({
    name: OPERATION,
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
    toPage: async (answer: HistoryAnswer, remaining, response) => {
      const page = itemsPage(answer);
      const isWhole = options.nextToken === undefined && page.nextToken === '';
      if (isWhole && page.end) await requireOrigin(api, jobId, remaining, response);
      return onNode(api, jobId, page, remaining);
    },
  });

/**
 * Checks that an empty history is one of a job, and of an execution, that exists: 1.4 has none of an unknown execution, and
 * 1.5 to 1.7 none of an unknown job.
 *
 * @throws {NotFoundError}
 */
async function requireOrigin(
  api: ApiResource,
  jobId: string,
  options: JobHistoryOptions,
  response: ResponseInfo,
): Promise<void> {
  const { executionId } = options;
  const { executions } = await lookUp(api, jobId, options);
  if (executionId === undefined || executions.some(({ ID }) => ID.startsWith(executionId))) return;
  throw refusalError(OPERATION, `execution not found: ${executionId}`, response);
}

/** Looks up the job of a history, with its executions. */
async function lookUp(
  api: ApiResource,
  jobId: string,
  { signal, timeoutMs, maxRetries, headers, namespace }: JobHistoryOptions,
): Promise<{ readonly job: Job; readonly executions: readonly Execution[] }> {
  const scope = { namespace: api.namespace(namespace === undefined ? {} : { namespace }), operation: OPERATION };
  const options = { signal, timeoutMs, maxRetries, headers, include: JobInclude.Executions };
  const { Job: job, Executions } = await getJob(new ApiResource(api.transport, scope), jobId, options);
  return { job, executions: Executions?.Items ?? [] };
}

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
    unfiltered: page.items,
    items: page.items.filter(({ ExecutionID }) => ExecutionID !== undefined && there.has(ExecutionID)),
  };
}

/** What came since the last request of a followed history, and whether nothing more can come. */
interface News {
  readonly items: readonly JobHistory[];
  readonly isLast: boolean;
}

/** Gives the events of a job as they happen, until it has ended. */
export async function* followHistory(
  api: ApiResource,
  jobId: string,
  options: FollowHistoryOptions,
): AsyncGenerator<JobHistory, void, undefined> {
  const { data, response } = await listHistory(api, jobId, options).withResponse();
  const { nextToken } = data;
  const hasPages = nextToken !== '' || (await pagesHistory(api, options, response));
  const request = hasPages ? nextPages(api, jobId, options, nextToken) : newEntries(api, jobId, options, data.items);
  let { items }: Pick<News, 'items'> = data;
  let isLast = hasPages && nextToken === '';
  let reachedAt = performance.now();
  let changedAt = reachedAt;
  for (;;) {
    yield* items;
    if (isLast) return;
    if (items.length > 0) changedAt = performance.now();
    else {
      await api.transport.withDeadline(OPERATION, { signal: options.signal }, async (signal) => {
        await sleep(pauseMs(performance.now() - changedAt, FOLLOW_PAUSE), signal);
        throwIfAborted(signal);
      });
    }
    try {
      ({ items, isLast } = await request());
      reachedAt = performance.now();
    } catch (error) {
      if (!historyPolicy.isRetryable(error) || performance.now() - reachedAt > historyPolicy.longestMs) throw error;
      items = [];
    }
  }
}

/** Whether the server has pages of a history, and so hands out a token as long as the job has not ended. */
async function pagesHistory(
  { transport }: ApiResource,
  { signal, timeoutMs }: CallOptions,
  { serverVersion }: ResponseInfo,
): Promise<boolean> {
  const release = parseRelease(serverVersion) ?? (await transport.serverRelease({ signal, timeoutMs }));
  return isAtLeast(release, '1.5.0');
}

/** Requests one page after the other, the last one again until it has more. */
function nextPages(
  api: ApiResource,
  jobId: string,
  options: FollowHistoryOptions,
  firstToken: string,
): () => Promise<News> {
  let nextToken = firstToken;
  return async () => {
    const { data, response } = await listHistory(api, jobId, { ...options, nextToken }).withResponse();
    if (data.items.length > 0 && data.nextToken === nextToken) {
      throw repeatedPageError(OPERATION, nextToken, response);
    }
    ({ nextToken } = data);
    return { items: data.items, isLast: nextToken === '' };
  };
}

/** Requests the whole history of 1.4 again, and keeps what is new. It ends with the job, or with the one execution. */
function newEntries(
  api: ApiResource,
  jobId: string,
  options: FollowHistoryOptions,
  first: readonly JobHistory[],
): () => Promise<News> {
  const seen = new Map<string, number>();
  const onlyNew = (items: readonly JobHistory[]): readonly JobHistory[] => {
    const listed = new Map<string, number>();
    return items.filter((item) => {
      // Entries have no number, and those of one moment are in no order.
      const key = JSON.stringify(item);
      const count = (listed.get(key) ?? 0) + 1;
      listed.set(key, count);
      if (count <= (seen.get(key) ?? 0)) return false;
      seen.set(key, count);
      return true;
    });
  };
  onlyNew(first);
  return async () => {
    // Before the events are listed: that of the end must be among them.
    const isLast = hasFinished(await lookUp(api, jobId, options), options);
    const { items } = await listHistory(api, jobId, options);
    return { items: onlyNew(items), isLast };
  };
}

/** A release whose histories have no pages. */
const BEFORE_PAGES: ServerRelease = { major: 1, minor: 4, patch: 0 };

function hasFinished(
  { job, executions }: Awaited<ReturnType<typeof lookUp>>,
  { executionId }: JobHistoryOptions,
): boolean {
  if (hasEnded(job)) return true;
  const execution = executionId === undefined ? undefined : executions.find(({ ID }) => ID.startsWith(executionId));
  if (execution === undefined) return false;
  const phase = phaseOf(execution, BEFORE_PAGES);
  return phase !== 'placing' && phase !== 'running';
}
