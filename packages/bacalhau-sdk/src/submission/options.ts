import type { NamespacedCallOptions } from '../http/index.js';

/**
 * What happens if there is a job of that name already:
 *
 * - `reuse`: it is taken if it has the same specification; else `JobExistsError`
 * - `update`: it gets a new version, which runs, unless nothing changed; from servers 1.8 on
 * - `error`: `JobExistsError`
 */
export type OnExisting = 'reuse' | 'update' | 'error';

/** How a job is submitted. */
export interface SubmitOptions extends NamespacedCallOptions {
  /** What happens if there is a job of that name already. A job without a name gets a fresh one. Default: `reuse`. */
  readonly onExisting?: OnExisting | undefined;
}

/** How a job was submitted. */
export interface SubmissionDetails {
  /** How often the job was sent. 0: it was there before, and nothing was sent. */
  readonly attempts: number;
  /**
   * True if the job was found by its name, because an earlier submission or an earlier attempt of this one had made it.
   * It may have ended then, in any state.
   */
  readonly deduplicated: boolean;
  /** What the server remarked. */
  readonly warnings: readonly string[];
}
