import type { SubmissionDetails } from '../submission/index.js';
import { JobHandle, type JobParts } from './job-handle.js';

/**
 * A job that was submitted just now, and what came of that.
 *
 * @example
 * ```ts
 * const job = await bacalhau.jobs.submit({ ...spec, Name: 'nightly-2026-11-22' });
 * if (job.deduplicated) console.log('was submitted before:', job.id);
 * ```
 */
export class SubmittedJob extends JobHandle implements SubmissionDetails {
  readonly attempts: number;
  readonly deduplicated: boolean;
  readonly warnings: readonly string[];

  /** @internal */
  constructor(parts: JobParts, submission: SubmissionDetails & { readonly id: string; readonly namespace: string }) {
    super(parts, submission);
    this.attempts = submission.attempts;
    this.deduplicated = submission.deduplicated;
    this.warnings = submission.warnings;
  }
}
