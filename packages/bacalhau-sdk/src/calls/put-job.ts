import type { PutJobRequest, PutJobResponse } from 'bacalhau-apiclient';
import {
  type ApiPromise,
  type ApiResource,
  identifierProblem,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
} from '../http/index.js';
import { checkPutJobRequest, type JobInput, type JobSpec } from '../spec/index.js';
import { isRecord } from '../util/index.js';
import { buildJob } from './build-job.js';

/** What `jobs.put` submits. */
export interface PutRequest extends Omit<PutJobRequest, 'Job'> {
  /** The job, as Bacalhau's documentation describes it, or as a builder makes it. */
  readonly Job: JobSpec;
}

/** Submits a job, once. */
export const putJob = (
  api: ApiResource,
  request: PutRequest,
  options: NamespacedCallOptions = {},
): ApiPromise<PutJobResponse> =>
  api.write({
    name: 'jobs.put',
    options,
    optionNames: NAMESPACED_CALL_OPTIONS,
    problem: identifierProblem('JobID'),
    send: async ({ jobs }, sending) => {
      const built: unknown = isRecord(request)
        ? { ...request, Job: await buildJob(api.transport, request.Job, options) }
        : request;
      checkPutJobRequest(built);
      const job = withDefaults(built.Job);
      const namespace = job.Namespace ?? api.namespace(options);
      const Job = namespace === undefined ? job : { ...job, Namespace: namespace };
      return jobs.putJob({ putJobRequest: { ...built, Job } }, sending);
    },
  });

/** Returns the job with the defaults of new servers written out, so that it means the same to old ones. */
function withDefaults(job: JobInput): JobInput {
  const isCounted = job.Type === 'batch' || job.Type === 'service';
  return {
    ...job,
    // Before 1.6.5 a missing count is 0, and nothing runs.
    ...(isCounted && { Count: job.Count ?? 1 }),
    // Servers up to 1.7 refuse a task without any publisher.
    Tasks: job.Tasks.map((task) => ({ ...task, Publisher: task.Publisher ?? { Type: '' } })),
  };
}
