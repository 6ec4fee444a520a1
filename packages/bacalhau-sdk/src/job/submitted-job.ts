import type { SubmissionDetails } from '../submission/index.js';
import { JobHandle, type JobParts } from './job-handle.js';

/**
 * A job that was just submitted, and how.
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
    const { id, namespace, attempts, deduplicated, warnings } = submission;
    super(parts, { id, namespace, submission: { attempts, deduplicated, warnings } });
    this.attempts = attempts;
    this.deduplicated = deduplicated;
    this.warnings = warnings;
  }
}
