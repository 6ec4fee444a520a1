import { checkOneOf, type OptionNames } from '../arguments/index.js';
import { NAMESPACED_CALL_OPTIONS, type NamespacedCallOptions } from '../http/index.js';
import { JOB_CHECK_OPTIONS, type JobCheckOptions } from '../spec/index.js';

/**
 * What happens if there is a job of that name already:
 *
 * - `reuse`: it is used if it has the same specification; else `JobExistsError`
 * - `update`: it gets a new version, which runs, unless nothing changed; from servers 1.8 on
 * - `error`: `JobExistsError`
 */
export type OnExisting = 'reuse' | 'update' | 'error';

/** How a job is submitted. */
export interface SubmitOptions extends NamespacedCallOptions, JobCheckOptions {
  /** What happens if there is a job of that name already. A job without a name gets a fresh one. Default: `reuse`. */
  readonly onExisting?: OnExisting | undefined;
}

export const SUBMIT_OPTIONS: OptionNames<SubmitOptions> = {
  ...NAMESPACED_CALL_OPTIONS,
  ...JOB_CHECK_OPTIONS,
  onExisting: true,
};

const ON_EXISTING = { reuse: 'reuse', update: 'update', error: 'error' };

export function checkOnExisting(value: string | undefined): void {
  if (value !== undefined) checkOneOf(value, ON_EXISTING, 'onExisting');
}

/** How a job was submitted. */
export interface SubmissionDetails {
  /** How often the job was sent. 0: it existed before, and nothing was sent. */
  readonly attempts: number;
  /**
   * True if the job was found by its name, because an earlier submission or an earlier attempt of this one had created
   * it. It may have ended since, in any state.
   */
  readonly deduplicated: boolean;
  /** The server's warnings. */
  readonly warnings: readonly string[];
}
