import type { ServerRelease } from '../model/index.js';
import type { JobInput } from './job-input.js';

/** What a builder knows when it completes a job. */
export interface JobBuildContext {
  /** The server's release; undefined for a development build, which counts as the newest. */
  readonly serverRelease: ServerRelease | undefined;
  /** Ends what takes long, such as waiting for another job, with the submission. */
  readonly signal?: AbortSignal | undefined;
  /** How long that may take, in milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/** A job that takes its final form when it is submitted. */
export interface JobBuilder {
  /** Makes the job as it is sent. Called once for each submission. */
  toJob(context: JobBuildContext): Promise<JobInput>;
}

/** What can be submitted: a job as Bacalhau's documentation describes it, or a builder of one. */
export type JobSpec = JobInput | JobBuilder;
