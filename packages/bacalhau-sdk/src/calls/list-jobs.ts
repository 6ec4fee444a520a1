import { type Job, JobOrderBy } from 'bacalhau-apiclient';
import { checkLabels, checkLimit, checkOneOf, type OptionNames } from '../arguments/index.js';
import {
  type ApiResource,
  itemsPage,
  jobsProblem,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PagePromise,
} from '../http/index.js';
import { AWAITED_PAGE, WALKED_PAGE } from './page-size.js';

/** Which jobs to list, and in which order. */
export interface ListJobsOptions extends NamespacedCallOptions {
  /** Entries a page, never a cap; 0 for all. Default: 5 where the list is awaited, 1,000 where it is looped over. */
  readonly limit?: number | undefined;
  /** Where to continue: the `nextToken` of an earlier page. It overrides `limit`, `orderBy` and `reverse`. */
  readonly nextToken?: string | undefined;
  /** Default: `created_at`. */
  readonly orderBy?: JobOrderBy | undefined;
  /** Newest first. Default: false. */
  readonly reverse?: boolean | undefined;
  /** Label selectors as in Kubernetes, all of which must match: `env=prod`, `tier in (a,b)`, `!debug`. */
  readonly labels?: readonly string[] | undefined;
}

const LIST_JOBS_OPTIONS: OptionNames<ListJobsOptions> = {
  ...NAMESPACED_CALL_OPTIONS,
  limit: true,
  nextToken: true,
  orderBy: true,
  reverse: true,
  labels: true,
};

/** Lists jobs. */
export const listJobs = (api: ApiResource, options: ListJobsOptions = {}): PagePromise<Job> =>
  api.list({
    name: 'jobs.list',
    options,
    optionNames: LIST_JOBS_OPTIONS,
    problem: (body) => jobsProblem({ namespace: api.namespace(options), labels: options.labels })(body),
    send: ({ nextToken = options.nextToken, pageSize = AWAITED_PAGE }, { jobs }, request) => {
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
    toPage: itemsPage,
    walkSize: WALKED_PAGE,
    key: ({ ID }) => ID,
  });
