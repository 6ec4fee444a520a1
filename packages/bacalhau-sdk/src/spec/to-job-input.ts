import { BuiltJob } from './built-job.js';
import { completeJob, isIncomplete } from './completion.js';
import type { JobInput } from './job-input.js';
import type { JobBuildContext, JobBuilder, JobSpec } from './job-spec.js';

/**
 * Returns the job that a specification stands for, completed. Most jobs are complete as they are, so the context is only
 * asked for if something needs it. What is not a job is returned as it is, for `checkJob` to refuse.
 */
export async function toJobInput(spec: JobSpec, getContext: () => Promise<JobBuildContext>): Promise<JobInput> {
  const job = isCustomBuilder(spec) ? await spec.toJob(await getContext()) : spec;
  return isIncomplete(job) ? completeJob(job, await getContext()) : job;
}

/** Returns whether a job is made by code that this package does not know. */
const isCustomBuilder = (spec: JobSpec): spec is JobBuilder =>
  typeof spec === 'object' &&
  spec !== null &&
  !(spec instanceof BuiltJob) &&
  'toJob' in spec &&
  typeof spec.toJob === 'function';
