import type { SpecConfig } from 'bacalhau-apiclient';
import { checkIdentifier } from '../arguments/index.js';
import {
  type ApiResource,
  itemsPage,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  type PagePromise,
  resultsProblem,
} from '../http/index.js';

/** Lists where the results of a job are, as the server describes it. */
export const listResults = (
  api: ApiResource,
  jobId: string,
  options: NamespacedCallOptions = {},
): PagePromise<SpecConfig> =>
  api.list({
    name: 'jobs.results',
    options,
    optionNames: NAMESPACED_CALL_OPTIONS,
    jobId,
    problem: resultsProblem,
    send: (_page, { jobs }, request) =>
      jobs.listJobResults({ jobId: checkIdentifier(jobId, 'jobId'), namespace: api.namespace(options) }, request),
    toPage: itemsPage,
  });
