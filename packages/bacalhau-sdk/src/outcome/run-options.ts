import type { ResultAccess } from '../results/index.js';
import type { OnExisting } from '../submission/index.js';
import type { WaitOptions } from '../waiting/index.js';

/** How a job is run to its end. */
export interface RunOptions extends WaitOptions {
  /** The namespace of a job that names none itself. Default: the client's. */
  readonly namespace?: string | undefined;
  /** What happens if there is a job of that name already. A job without a name gets a fresh one. Default: `reuse`. */
  readonly onExisting?: OnExisting | undefined;
  /**
   * Whether aborting the run stops the job, unless it was there before. The run rejects when that is done: it waits ten
   * seconds at most for the answer to its submission, and ten for the job to be stopped, or three if the server is out of
   * reach. Default: true.
   */
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
  readonly results?: ResultAccess | undefined;
}
