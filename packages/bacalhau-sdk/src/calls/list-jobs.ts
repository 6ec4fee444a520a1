import { type Job, JobOrderBy, JobStateType } from 'bacalhau-apiclient';
import { checkLabels, checkLimit, checkOneOf, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import {
  type ApiResource,
  itemsPage,
  jobsProblem,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PageParts,
  type PagePromise,
} from '../http/index.js';
import { AWAITED_PAGE, WALKED_PAGE } from './page-size.js';

/** Which jobs to list, and in which order. */
export interface ListJobsOptions extends NamespacedCallOptions {
  /** Entries a page, never a cap; 0 for all. Default: 5 where the list is awaited without `states`, else 1,000. */
  readonly limit?: number | undefined;
  /** Where to continue: the `nextToken` of an earlier page. It overrides `limit`, `orderBy` and `reverse`. */
  readonly nextToken?: string | undefined;
  /** Default: `created_at`. */
  readonly orderBy?: JobOrderBy | undefined;
  /** Newest first. Default: false. */
  readonly reverse?: boolean | undefined;
  /**
   * Only jobs that are in one of these states. Servers cannot select by state, so it is done here: all jobs are requested, and
   * a page has those of its jobs that match, which may be none. `limit` counts jobs before that. Default: all states.
   */
  readonly states?: readonly JobStateType[] | undefined;
  /** Label selectors as in Kubernetes, all of which must match: `env=prod`, `tier in (a,b)`, `!debug`. */
  readonly labels?: readonly string[] | undefined;
}

const LIST_JOBS_OPTIONS: OptionNames<ListJobsOptions> = {
  ...NAMESPACED_CALL_OPTIONS,
  limit: true,
  nextToken: true,
  orderBy: true,
  reverse: true,
  states: true,
  labels: true,
};

/** Lists jobs. */
export const listJobs = (api: ApiResource, options: ListJobsOptions = {}): PagePromise<Job> =>
  api.list({
    name: 'jobs.list',
    options,
    optionNames: LIST_JOBS_OPTIONS,
    problem: (body) => jobsProblem({ namespace: api.namespace(options), labels: options.labels })(body),
    send: ({ nextToken = options.nextToken, pageSize = firstPageSize(options) }, { jobs }, request) => {
      checkStates(options.states);
      const { limit = pageSize, orderBy = 'created_at', reverse = false, labels } = options;
      return jobs.listJobs(
        {
          limit: checkLimit(limit, 'limit'),
          orderBy: checkOneOf(orderBy, JobOrderBy, 'orderBy'),
          reverse,
          // The token remembers neither namespace nor labels, so they are sent with every page.
          namespace: api.namespace(options),
          nextToken,
          labels: labels && checkLabels(labels),
        },
        request,
      );
    },
    toPage: (body) => inStates(itemsPage(body), options.states),
    walkSize: WALKED_PAGE,
    key: ({ ID }) => ID,
  });

const firstPageSize = ({ states }: ListJobsOptions): number => (states === undefined ? AWAITED_PAGE : WALKED_PAGE);

/** @throws {InvalidArgumentError} */
function checkStates(states: readonly JobStateType[] | undefined): void {
  if (states === undefined) return;
  if (!Array.isArray(states) || states.length === 0) {
    throw new InvalidArgumentError('states', 'must be an array of states. Pass for example ["Pending", "Running"].');
  }
  for (const [index, state] of states.entries()) checkOneOf(state, JobStateType, `states[${index}]`);
}

/** Leaves out jobs in other states. */
function inStates(page: PageParts<Job>, states: readonly JobStateType[] | undefined): PageParts<Job> {
  if (states === undefined) return page;
  const wanted: ReadonlySet<string | undefined> = new Set(states);
  return { ...page, unfiltered: page.items, items: page.items.filter(({ State }) => wanted.has(State?.StateType)) };
}
