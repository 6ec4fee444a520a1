import type { Job } from 'bacalhau-apiclient';
import { RequestAbortedError } from '../errors/index.js';
import { retryWhileUnreachable, type Transport } from '../http/index.js';
import type { SubmittedJob } from '../job/index.js';
import type { RunOptions, RunResult } from '../outcome/index.js';
import { collectOutcome } from '../outcome/index.js';

/** How long the stopping of a job keeps back who leaves it, in milliseconds: for a server that does not answer, */
const STOPPING_MS = 10_000;
/** and for one that is out of reach, or spoils its answers. */
const OUTAGE_MS = 3_000;

/** Stops a job that nobody waits for any more. Whatever comes of it, the caller hears of the abort. */
export async function stopAbandoned(job: SubmittedJob, transport: Transport, reason: string): Promise<void> {
  const stopping = transport.withDeadline('job.stop', { timeoutMs: STOPPING_MS }, (signal) =>
    // To stop it once more does no harm.
    retryWhileUnreachable(transport, 'job.stop', () => job.stop(reason, { signal }), { signal, longestMs: OUTAGE_MS }),
  );
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
      await stopAbandoned(handle, transport, stopReason);
    }
    throw error;
  }
  return collectOutcome(handle, transport, job, addedPublisher, options);
}
