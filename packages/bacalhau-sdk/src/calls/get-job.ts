import { type GetJobResponse, JobInclude } from 'bacalhau-apiclient';
import { checkIdentifier, checkLimit, checkOneOf, type OptionNames } from '../arguments/index.js';
import {
  type ApiPromise,
  type ApiResource,
  jobProblem,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
} from '../http/index.js';

/** What to return about a job. */
export interface GetJobOptions extends NamespacedCallOptions {
  /** Related lists to return along with the job. Default: none. */
  readonly include?: JobInclude | readonly JobInclude[] | undefined;
  /** Accepted for compatibility with the Python SDK; servers ignore it. Default: 10. */
  readonly limit?: number | undefined;
  /** A version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
}

const GET_JOB_OPTIONS: OptionNames<GetJobOptions> = {
  ...NAMESPACED_CALL_OPTIONS,
  include: true,
  limit: true,
  jobVersion: true,
};

/** Looks up a job by id, by the beginning of its id, or by name. */
export const getJob = (api: ApiResource, jobId: string, options: GetJobOptions = {}): ApiPromise<GetJobResponse> =>
  api.read({
    name: 'jobs.get',
    options,
    optionNames: GET_JOB_OPTIONS,
    jobId,
    problem: (body) =>
      jobProblem({ id: jobId, namespace: api.requiredNamespace(options), version: options.jobVersion })(body),
    send: ({ jobs }, request) => {
      const { include = [], limit = 10, jobVersion } = options;
      const parts = (typeof include === 'string' ? [include] : include).map((part) =>
        checkOneOf(part, JobInclude, 'include'),
      );
      return jobs.getJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          limit: checkLimit(limit, 'limit'),
          namespace: api.namespace(options),
          jobVersion,
          include: parts.length === 0 ? undefined : parts,
        },
        request,
      );
    },
  });
