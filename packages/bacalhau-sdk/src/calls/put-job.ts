import type { PutJobRequest, PutJobResponse } from 'bacalhau-apiclient';
import { describeType } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import {
  type ApiPromise,
  type ApiResource,
  identifierProblem,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
} from '../http/index.js';
import { JOB_CHECK_OPTIONS, type JobCheckOptions, type JobInput, type JobSpec } from '../spec/index.js';
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
  options: NamespacedCallOptions & JobCheckOptions = {},
): ApiPromise<PutJobResponse> =>
  api.write({
    name: 'jobs.put',
    options,
    optionNames: { ...NAMESPACED_CALL_OPTIONS, ...JOB_CHECK_OPTIONS },
    problem: identifierProblem('JobID'),
    send: async ({ jobs }, sending) => {
      const { Job: spec, ...others } = checkRequest(request);
      const job = withDefaults(
        await buildJob(api.transport, spec, { ...options, timeoutMs: api.transport.timeoutMs(options) }),
      );
      const namespace = job.Namespace ?? api.namespace(options);
      const Job = namespace === undefined ? job : { ...job, Namespace: namespace };
      return jobs.putJob({ putJobRequest: { ...others, Job } }, sending);
    },
  });

/** Checks the type of a request, which plain JavaScript can pass anything for. */
function checkRequest(request: PutRequest): PutRequest {
  if (!isRecord(request)) {
    throw new InvalidJobError('The request', `must be an object, not ${describeType(request)}. Pass { Job: {…} }.`);
  }
  if (request.Job === undefined) {
    throw new InvalidJobError(
      'Job',
      'is missing. Pass { Job: {…} }; the names of fields start with a capital letter, as in Bacalhau’s documentation.',
    );
  }
  return request;
}

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
