import type { Job } from 'bacalhau-apiclient';
import { RequestAbortedError } from '../errors/index.js';
import type { Transport } from '../transport/index.js';
import { outcomeOf } from './outcome.js';
import type { RunOptions } from './run-options.js';
import type { RunResult } from './run-result.js';
import type { SubmittedJob } from './submitted-job.js';

/** Waits for the job's end and collects what came of it. */
export async function collectRun(
  handle: SubmittedJob,
  transport: Transport,
  addedPublisher: string | undefined,
  options: RunOptions & { readonly stopReason: string },
): Promise<RunResult> {
  const { stopOnAbort = true, signal, stopReason } = options;
  let job: Job;
  try {
    job = await handle.wait(options);
  } catch (error) {
    if (stopOnAbort && error instanceof RequestAbortedError && signal?.aborted) {
      // Whatever comes of it, the caller hears of the abort.
      await handle.stop(stopReason).catch(() => undefined);
    }
    throw error;
  }
  return outcomeOf(handle, transport, job, addedPublisher, options);
}
