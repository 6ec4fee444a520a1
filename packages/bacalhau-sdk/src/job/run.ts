import type { Job } from 'bacalhau-apiclient';
import { RequestAbortedError } from '../errors/index.js';
import type { ResultPlaces } from '../results/index.js';
import type { OnExisting } from '../submission/index.js';
import type { Transport } from '../transport/index.js';
import type { WaitOptions } from '../wait/index.js';
import type { RunResult } from './run-result.js';
import type { SubmittedJob } from './submitted-job.js';

/** How a job is run to its end. */
export interface RunOptions extends WaitOptions {
  /** The namespace. Default: the job's own, else the client's. */
  readonly namespace?: string | undefined;
  /** What happens if there is a job of that name already. A job without a name gets a fresh one. Default: `reuse`. */
  readonly onExisting?: OnExisting | undefined;
  /** Whether aborting the run stops the job, unless it was there before. Default: true. */
  readonly stopOnAbort?: boolean | undefined;
  /** Whether an exit code that means failure rejects with `JobExitError`. Default: true. */
  readonly throwOnNonZeroExit?: boolean | undefined;
  /**
   * Whether a WebAssembly job without a publisher gets the first that the nodes have: what it printed can be had in
   * full from its results only. `RunResult.addedPublisher` says which. Default: true.
   */
  readonly addPublisher?: boolean | undefined;
  /**
   * How much of what the job printed is fetched: the `whole`; or its `beginning`, as far as the server has it at hand,
   * which takes no further request and needs no publisher: 2,048 bytes or less, under load perhaps nothing, and so
   * `outputComplete` is false. Default: `whole`.
   */
  readonly output?: 'whole' | 'beginning' | undefined;
  /** How the places of published results are reached: a WebAssembly job's output is read from there. */
  readonly results?: ResultPlaces | undefined;
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
      // Whatever comes of it, the caller hears of the abort.
      await handle.stop(stopReason).catch(() => undefined);
    }
    throw error;
  }
  const { outcomeOf } = await import('./outcome.js');
  return outcomeOf(handle, transport, job, addedPublisher, options);
}
