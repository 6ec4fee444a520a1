import type { RunOptions, RunResult } from '../job/index.js';

export interface MapOptions extends Omit<RunOptions, 'onExisting'> {
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
}

/** What became of one input: `value` if its job completed, else `error`. */
export type MapItem<Input> =
  | { readonly index: number; readonly input: Input; readonly status: 'fulfilled'; readonly value: RunResult }
  | { readonly index: number; readonly input: Input; readonly status: 'rejected'; readonly error: unknown };
