import { type Execution, ExecutionOrderBy } from 'bacalhau-apiclient';
import { checkIdentifier, checkLimit, checkOneOf, type OptionNames } from '../arguments/index.js';
import {
  type ApiResource,
  type CallOptions,
  executionsProblem,
  itemsPage,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PagePromise,
} from '../http/index.js';
import { isAtLeast } from '../model/index.js';
import { ALL, AWAITED_PAGE } from './page-size.js';

/** Which executions of a job to list, and in which order. */
export interface JobExecutionsOptions extends NamespacedCallOptions {
  /** How many at most; 0 for all. Servers give no second page. Default: 5 where the list is awaited, all where it is looped over. */
  readonly limit?: number | undefined;
  /** Accepted for compatibility with the Python SDK, without effect: servers give no second page of executions. */
  readonly nextToken?: string | undefined;
  /** Default: the server's: by creation, on 1.4 by the last change. */
  readonly orderBy?: ExecutionOrderBy | undefined;
  /** Newest first. Default: false. */
  readonly reverse?: boolean | undefined;
  /** A version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
  /** Executions of every version of the job, from servers 1.8 on. Default: false. */
  readonly allJobVersions?: boolean | undefined;
}

const JOB_EXECUTIONS_OPTIONS: OptionNames<JobExecutionsOptions> = {
  ...NAMESPACED_CALL_OPTIONS,
  limit: true,
  nextToken: true,
  orderBy: true,
  reverse: true,
  jobVersion: true,
  allJobVersions: true,
};

/** Lists the executions of a job. */
export const listExecutions = (
  api: ApiResource,
  jobId: string,
  options: JobExecutionsOptions = {},
): PagePromise<Execution> =>
  api.list({
    name: 'jobs.executions',
    options,
    optionNames: JOB_EXECUTIONS_OPTIONS,
    jobId,
    problem: (body) => executionsProblem({ id: jobId, namespace: api.requiredNamespace(options) })(body),
    send: async ({ pageSize = AWAITED_PAGE }, { jobs }, request) => {
      const { limit = pageSize, orderBy, reverse = false, jobVersion, allJobVersions } = options;
      const query = {
        jobId: checkIdentifier(jobId, 'jobId'),
        limit: checkLimit(limit, 'limit'),
        reverse,
        namespace: api.namespace(options),
        orderBy: orderBy && checkOneOf(orderBy, ExecutionOrderBy, 'orderBy'),
        jobVersion,
        allJobVersions,
      };
      return jobs.listJobExecutions({ ...query, orderBy: await orderFor(api, query.orderBy, options) }, request);
    },
    toPage: itemsPage,
    walkSize: ALL,
  });

/** The names of the orders before 1.5. Servers up to 1.6 accept them beside those of today. */
const ORDERS_BEFORE_1_5: Readonly<Record<string, string>> = { created_at: 'create_time', modified_at: 'modify_time' };

/** Returns an order as the server calls it. */
async function orderFor(
  { transport }: ApiResource,
  orderBy: ExecutionOrderBy | undefined,
  { signal, timeoutMs }: CallOptions,
): Promise<ExecutionOrderBy | undefined> {
  if (orderBy === undefined || isAtLeast(await transport.serverRelease({ signal, timeoutMs }), '1.6.0')) return orderBy;
  return ORDERS_BEFORE_1_5[orderBy] ?? orderBy;
}
