import { completeJob } from './completion.js';
import type { JobInput } from './job-input.js';
import type { JobBuildContext, JobBuilder } from './job-spec.js';

export interface BuiltJob extends JobInput {}

/**
 * A job that a builder such as `docker` or `wasm` made: a plain job with the fields of the API, which can be inspected,
 * changed and spread, and which is completed when it is submitted.
 *
 * A copy by `{ ...job }` is completed like the original. One by JSON or `structuredClone` holds what can be seen, so it
 * lacks what is only read at submission, such as a WebAssembly module in a file.
 *
 * @example
 * ```ts
 * const nightly = { ...docker({ image: 'ubuntu', parameters: ['date'] }), Name: 'nightly' };
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the fields.
export class BuiltJob implements JobBuilder {
  /** @internal */
  constructor(job: JobInput) {
    Object.assign(this, job);
  }

  // On the prototype: neither a spread nor JSON nor a structured clone takes it along.
  /**
   * Makes the job as it is sent: a plain object, with files read and in the form that the server's release expects.
   *
   * @param context the server's release. Default: the newest.
   * @throws {InvalidJobError} if a file cannot be read, or its content cannot be used.
   */
  async toJob(context: JobBuildContext = { serverRelease: undefined }): Promise<JobInput> {
    return completeJob(this, context);
  }
}
