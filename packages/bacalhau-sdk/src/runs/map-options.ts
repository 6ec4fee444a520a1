import type { RunOptions, RunResult } from '../outcome/index.js';

/** How the jobs of a fan-out are run. */
export interface MapOptions extends Omit<RunOptions, 'onExisting' | 'stopOnAbort'> {
  /**
   * How many jobs may be under way at once, those included whose items were not taken from the loop yet. Default: 100.
   */
  readonly concurrency?: number | undefined;
  /**
   * What makes the fan-out resumable: a second one of the same name in the same namespace takes up the jobs of the first
   * and submits only what is missing. 1 to 40 letters, digits, `-`, `_`, `.`. Default: a fresh name, which is not.
   */
  readonly name?: string | undefined;
  /** Whether items that failed in an earlier fan-out of this name get another job. Default: false. */
  readonly retryFailed?: boolean | undefined;
  /** Whether leaving the loop, by an abort or otherwise, stops the jobs that still run. Default: true. */
  readonly stopOnAbort?: boolean | undefined;
}

/** What became of one input: `value` if its job completed, else `error`. */
export type MapItem<Input> =
  | {
      /** Of the input, from 0. */
      readonly index: number;
      /** The input itself. */
      readonly input: Input;
      /** Its job completed. */
      readonly status: 'fulfilled';
      /** What came of it. */
      readonly value: RunResult;
    }
  | {
      /** Of the input, from 0. */
      readonly index: number;
      /** The input itself. */
      readonly input: Input;
      /** It has no job that completed. */
      readonly status: 'rejected';
      /** Why: what `jobs.run` would have thrown. */
      readonly error: unknown;
    };
