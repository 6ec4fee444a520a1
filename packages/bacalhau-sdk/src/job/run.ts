import type { Job } from 'bacalhau-apiclient';
import { RequestAbortedError } from '../errors/index.js';
import { outlast, type Transport } from '../transport/index.js';
import { outcomeOf } from './outcome.js';
import type { RunOptions } from './run-options.js';
import type { RunResult } from './run-result.js';
import type { SubmittedJob } from './submitted-job.js';

/** How long a server that is out of reach, or spoils its answers, keeps back who leaves a job, in milliseconds. */
const STOPPING_MS = 3_000;

/** Stops a job that nobody waits for any more. Whatever comes of it, the caller hears of the abort. */
export async function stopLeft(job: SubmittedJob, transport: Transport, reason: string): Promise<void> {
  // To stop it once more does no harm.
  const stopping = outlast(transport, 'job.stop', () => job.stop(reason), { longestMs: STOPPING_MS });
  await stopping.catch(() => undefined);
}

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
      await stopLeft(handle, transport, stopReason);
    }
    throw error;
  }
  return outcomeOf(handle, transport, job, addedPublisher, options);
}
