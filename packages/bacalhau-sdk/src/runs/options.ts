import type { Job } from 'bacalhau-apiclient';
import type { OptionNames } from '../arguments/index.js';
import type { LogEntry } from '../logs/index.js';
import { JOB_RESULT_OPTIONS, type JobResultOptions, type RunResult } from '../outcome/index.js';
import { JOB_CHECK_OPTIONS, type JobCheckOptions } from '../spec/index.js';
import type { OnExisting } from '../submission/index.js';

/** How a job is run to its end. */
export interface RunOptions extends JobResultOptions, JobCheckOptions {
  /** How long the run may take at most, from the submission to the result, in milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the run. */
  readonly signal?: AbortSignal | undefined;
  /** The namespace of a job that names none itself. Default: the client's. */
  readonly namespace?: string | undefined;
  /** What happens if there is a job of that name already. A job without a name gets a fresh one. Default: `reuse`. */
  readonly onExisting?: OnExisting | undefined;
  /**
   * Whether a run that `signal`, `timeoutMs` or a listener that throws ends stops its job, unless another call had submitted
   * it. The run rejects when that is done, and the error's message says what happened to the job: it waits ten seconds at most for the answer to
   * the submission, and ten for the job to be stopped, or three if the server is unreachable. Default: true.
   */
  readonly stopOnAbort?: boolean | undefined;
  /**
   * Whether a WebAssembly job without a publisher gets the first that all nodes have: its whole output can be read from its
   * results only. `RunResult.addedPublisher` says which. Default: true.
   */
  readonly addPublisher?: boolean | undefined;
  /**
   * How long a job may wait for room on the nodes, in milliseconds, rounded up to seconds: the `QueueTimeout` of tasks
   * that have none. Without one, servers fail a job at once that no node has room for. Default: none.
   */
  readonly queueTimeoutMs?: number | undefined;
}

export const RUN_OPTIONS: OptionNames<RunOptions> = {
  ...JOB_RESULT_OPTIONS,
  ...JOB_CHECK_OPTIONS,
  namespace: true,
  onExisting: true,
  stopOnAbort: true,
  addPublisher: true,
  queueTimeoutMs: true,
};

/** How the jobs of a fan-out are run. */
export interface MapOptions<Input = unknown> extends Omit<RunOptions, 'onExisting' | 'onUpdate' | 'onLog'> {
  /** How long the run of each input may take at most, in milliseconds; it is rejected then. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the loop. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether jobs are stopped whose run ends early: by `timeoutMs`, or because the loop ends by `signal`, `break` or an
   * error. The error's message says what happened to them. Default: true.
   */
  readonly stopOnAbort?: boolean | undefined;
  /**
   * How many jobs may be submitted and unfinished at once, including those whose items the loop has not consumed yet; or
   * `auto`: as many as the suitable nodes take at the moment, beside what else runs there. Default: `auto`.
   */
  readonly concurrency?: number | 'auto' | undefined;
  /**
   * How long each job may wait for room on the nodes, in milliseconds, rounded up to seconds. Tasks with a `QueueTimeout`
   * keep theirs. A job that no connected node can ever run waits for one as long. Default: 600,000; for a node that can
   * run it, 30,000.
   */
  readonly queueTimeoutMs?: number | undefined;
  /** Called on each observed change of a job, with the index and the input that the job is for. */
  readonly onUpdate?: ((job: Job, item: Pick<MapItem<Input>, 'index' | 'input'>) => void) | undefined;
  /**
   * Called with what the jobs print while they run, with the index and the input that the job is for; otherwise as in
   * `RunOptions`. What it throws rejects the item. A node serves one log at a time, so entries of jobs on one node may come late.
   */
  readonly onLog?: ((entry: LogEntry, item: Pick<MapItem<Input>, 'index' | 'input'>) => void) | undefined;
  /** Called with the counts whenever one of them has changed. */
  readonly onProgress?: ((progress: MapProgress) => void) | undefined;
  /**
   * Makes the fan-out resumable: a second one of the same name in the same namespace resumes the jobs of the first and
   * submits only what is missing. 1 to 40 letters, digits, `-`, `_`, `.`. Default: a fresh name, not resumable.
   */
  readonly name?: string | undefined;
  /** Whether inputs that failed in an earlier fan-out of this name get another job. Default: false. */
  readonly retryFailed?: boolean | undefined;
}

export const MAP_OPTIONS: OptionNames<MapOptions> = {
  ...JOB_RESULT_OPTIONS,
  ...JOB_CHECK_OPTIONS,
  namespace: true,
  stopOnAbort: true,
  addPublisher: true,
  queueTimeoutMs: true,
  concurrency: true,
  onProgress: true,
  name: true,
  retryFailed: true,
};

/** How far a fan-out has come. */
export interface MapProgress {
  /** Jobs that the server has accepted and keeps waiting, because no node has room. */
  readonly queued: number;
  /** Other jobs that are submitted and have not ended. */
  readonly running: number;
  /** Inputs whose job has completed. */
  readonly done: number;
  /** Inputs that were rejected. */
  readonly failed: number;
  /** How many jobs may be running at the moment: `concurrency`, or what it comes to if it is `auto`. */
  readonly window: number;
}

/** The outcome of one input: `value` if its job completed, else `error`. */
export type MapItem<Input> =
  | {
      /** The position of the input, from 0. */
      readonly index: number;
      /** The input itself. */
      readonly input: Input;
      /** Its job completed. */
      readonly status: 'fulfilled';
      /** The result of its job. */
      readonly value: RunResult;
    }
  | {
      /** The position of the input, from 0. */
      readonly index: number;
      /** The input itself. */
      readonly input: Input;
      /** It has no job that completed. */
      readonly status: 'rejected';
      /** Why: what `jobs.run` would have thrown. */
      readonly error: unknown;
    };
