import type { RerunJobResponse } from 'bacalhau-apiclient';
import { checkIdentifier, type OptionNames } from '../arguments/index.js';
import {
  type ApiPromise,
  type ApiResource,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  rerunProblem,
} from '../http/index.js';
import { DEFAULT_NAMESPACE } from '../model/index.js';
import { defined } from '../util/index.js';
import { getJob } from './get-job.js';
import { requireJobVersions } from './require-job-versions.js';

/** Which job to run again. */
export interface RerunOptions extends NamespacedCallOptions {
  /** Which version of the specification. Default: the latest. */
  readonly jobVersion?: number | undefined;
}

const RERUN_OPTIONS: OptionNames<RerunOptions> = { ...NAMESPACED_CALL_OPTIONS, jobVersion: true };

/**
 * Runs a job once more. It is looked up first: a rerun of something unknown leaves a server up to 1.9.3 unable to write
 * until it is restarted.
 */
export const rerunJob = (api: ApiResource, jobId: string, options: RerunOptions = {}): ApiPromise<RerunJobResponse> => {
  let rerunId = '';
  return api.write({
    name: 'jobs.rerun',
    options,
    optionNames: RERUN_OPTIONS,
    problem: (body) => rerunProblem(rerunId)(body),
    send: async ({ jobs }, request) => {
      await requireJobVersions(api, 'jobs.rerun', options);
      const { Job: found } = await getJob(api, jobId, options);
      const { ID = '', Namespace = DEFAULT_NAMESPACE } = found;
      rerunId = ID;
      return jobs.rerunJob(
        {
          jobId: checkIdentifier(ID, 'jobId'),
          // In the body: servers ignore the query of a PUT.
          rerunJobRequest: { Namespace, ...defined({ JobVersion: options.jobVersion }) },
        },
        request,
      );
    },
  });
};
