import type { JobIdentity } from '../spec/index.js';
import type { SubmissionDetails } from '../submission/index.js';
import { JobHandle, type JobParts } from './job-handle.js';

/** Which job was submitted. */
interface SubmittedReference {
  readonly id: string;
  readonly namespace: string;
  /** By what it is recognised, if its id is known from the answer to the submission only. */
  readonly identity?: JobIdentity | undefined;
}

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
  constructor(parts: JobParts, submission: SubmissionDetails & SubmittedReference) {
    const { id, namespace, identity, attempts, deduplicated, warnings } = submission;
    super(parts, { id, namespace, identity, submission: { attempts, deduplicated, warnings } });
    this.attempts = attempts;
    this.deduplicated = deduplicated;
    this.warnings = warnings;
  }
}
