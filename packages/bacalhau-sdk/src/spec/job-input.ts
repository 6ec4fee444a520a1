import type { Job } from 'bacalhau-apiclient';
import type { ServerRelease } from '../model/index.js';

/** What a job is made with when it is submitted. */
export interface JobBuildContext {
  /** The server's release; undefined for a development build. */
  readonly serverRelease: ServerRelease | undefined;
}

/** A job that takes its final shape when it is submitted: a module is read then, and written as the server wants it. */
export interface JobBuilder {
  /** The job as it is sent. Called once for each submission. */
  toJob(context: JobBuildContext): Promise<Job>;
}

/** What can be submitted: a job as Bacalhau's documentation has it, or what a builder such as `wasm` gives. */
export type JobSpec = Job | JobBuilder;

/** Of anything: what is no object at all is left to the check of the job. */
export const isJobBuilder = (spec: JobSpec): spec is JobBuilder =>
  typeof spec === 'object' && spec !== null && 'toJob' in spec && typeof spec.toJob === 'function';
