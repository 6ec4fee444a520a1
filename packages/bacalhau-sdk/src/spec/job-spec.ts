import type { Transport } from '../http/index.js';
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

/** The context of a job that a client submits, which can upload what the job is made of. */
export interface ClientBuildContext extends JobBuildContext {
  readonly transport: Transport;
}

/** Returns whether a client submits the job: a program may complete one by itself. */
export const hasClient = (context: JobBuildContext): context is ClientBuildContext => 'transport' in context;

/** A job that takes its final form when it is submitted. */
export interface JobBuilder {
  /** Makes the job as it is sent. Called once for each submission. */
  toJob(context: JobBuildContext): Promise<JobInput>;
}

/** What can be submitted: a job as Bacalhau's documentation describes it, or a builder of one. */
export type JobSpec = JobInput | JobBuilder;
