import type { StopJobResponse } from 'bacalhau-apiclient';
import { checkIdentifier } from '../arguments/index.js';
import {
  type ApiPromise,
  type ApiResource,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  textProblem,
} from '../http/index.js';

/** Stops a job. */
export const stopJob = (
  api: ApiResource,
  jobId: string,
  reason?: string,
  options: NamespacedCallOptions = {},
): ApiPromise<StopJobResponse> =>
  api.write({
    name: 'jobs.stop',
    options,
    optionNames: NAMESPACED_CALL_OPTIONS,
    jobId,
    problem: textProblem('EvaluationID'),
    send: ({ jobs }, request) =>
      jobs.stopJob(
        {
          jobId: checkIdentifier(jobId, 'jobId'),
          namespace: api.namespace(options),
          // In the body: servers ignore the query parameter of that name.
          stopJobRequest: reason === undefined ? undefined : { reason },
        },
        request,
      ),
  });
