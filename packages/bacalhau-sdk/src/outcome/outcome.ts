import type { Job } from 'bacalhau-apiclient';
import { JobError, withJobId } from '../errors/index.js';
import type { TypedResult } from '../model/index.js';
import type { JobResultInput } from '../result-inputs/index.js';
import { awaitResult, type ResultSource } from './await-result.js';
import { interruptedError } from './interrupted-error.js';
import type { JobResultOptions } from './options.js';
import type { RunResult } from './run-result.js';
import { checkPublishes, chooseResult } from './single-result.js';

export { awaitResult } from './await-result.js';
export { interruptedError } from './interrupted-error.js';

/** Waits for the result of a job that somebody submitted. The job goes on if the wait ends early. */
export async function resultOf(source: ResultSource, options: JobResultOptions): Promise<RunResult> {
  const { transport, id } = source;
  const deadline = transport.startDeadline('job.result', options.timeoutMs, options.signal);
  let job: Job | undefined;
  const onUpdate = (seen: Job): unknown => {
    job = seen;
    return options.onUpdate?.(seen);
  };
  try {
    return await awaitResult(source, { ...options, onUpdate, signal: deadline.signal });
  } catch (thrown) {
    const jobId = job?.ID ?? id;
    if (deadline.reason === undefined || thrown instanceof JobError) throw withJobId(thrown, jobId);
    throw interruptedError({ operation: 'job.result', transport, deadline, thrown, jobId, job });
  } finally {
    deadline.release();
  }
}

/** Waits for the one result of a job that is to be the input of another. */
export async function singleResultOf(
  source: ResultSource,
  settings: JobResultInput,
  { signal, timeoutMs }: Pick<JobResultOptions, 'signal' | 'timeoutMs'>,
): Promise<TypedResult> {
  const { transport } = source;
  const result = await resultOf(source, { signal, timeoutMs, output: 'beginning', onUpdate: checkPublishes });
  return chooseResult(result, settings, { transport, signal });
}
