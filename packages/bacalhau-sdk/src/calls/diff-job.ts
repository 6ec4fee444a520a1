import type { DiffJobResponse } from 'bacalhau-apiclient';
import {
  type ApiPromise,
  type ApiResource,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
  textProblem,
} from '../http/index.js';
import {
  fingerprintOf,
  JOB_CHECK_OPTIONS,
  type JobCheckOptions,
  type JobSpec,
  withFingerprint,
} from '../spec/index.js';
import { buildJob } from './build-job.js';
import { requireJobVersions } from './require-job-versions.js';

/** Compares a job with the one of its name that the server has. */
export const diffJob = (
  api: ApiResource,
  spec: JobSpec,
  options: NamespacedCallOptions & JobCheckOptions = {},
): ApiPromise<DiffJobResponse> =>
  api.read({
    name: 'jobs.diff',
    options,
    optionNames: { ...NAMESPACED_CALL_OPTIONS, ...JOB_CHECK_OPTIONS },
    problem: textProblem('Diff'),
    send: async ({ jobs }, request) => {
      const job = await buildJob(api.transport, spec, { ...options, timeoutMs: api.transport.timeoutMs(options) });
      await requireJobVersions(api, 'jobs.diff', options);
      const namespace = job.Namespace ?? api.namespace(options);
      const marked = withFingerprint(job, await fingerprintOf(job));
      const Job = namespace === undefined ? marked : { ...marked, Namespace: namespace };
      return jobs.diffJob({ diffJobRequest: { Job } }, request);
    },
  });
