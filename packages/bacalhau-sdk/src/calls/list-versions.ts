import type { Job } from 'bacalhau-apiclient';
import { checkIdentifier } from '../arguments/index.js';
import {
  type ApiResource,
  itemsPage,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PagePromise,
  versionsProblem,
} from '../http/index.js';
import { requireJobVersions } from './require-job-versions.js';

/** Lists the versions of a job's specification. */
export const listVersions = (api: ApiResource, jobId: string, options: NamespacedCallOptions = {}): PagePromise<Job> =>
  api.list({
    name: 'jobs.versions',
    options,
    optionNames: NAMESPACED_CALL_OPTIONS,
    jobId,
    problem: (body) => versionsProblem({ id: jobId, namespace: api.requiredNamespace(options) })(body),
    send: async (_page, { jobs }, request) => {
      await requireJobVersions(api, 'jobs.versions', options);
      return jobs.listJobVersions(
        { jobId: checkIdentifier(jobId, 'jobId'), namespace: api.namespace(options) },
        request,
      );
    },
    toPage: itemsPage,
  });
