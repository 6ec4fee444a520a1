import type { Job } from 'bacalhau-apiclient';
import type { Release } from '../transport/index.js';

/** What a job is made with when it is submitted. */
export interface JobContext {
  /** The server's release; undefined for a development build. */
  readonly serverRelease: Release | undefined;
}

/** A job that takes its final shape when it is submitted: a module is read then, and written as the server wants it. */
export interface JobTemplate {
  /** The job as it is sent. Called once for each submission. */
  toJob(context: JobContext): Promise<Job>;
}

/** What can be submitted: a job as Bacalhau's documentation has it, or what a builder such as `wasm` gives. */
export type JobSpec = Job | JobTemplate;

/** Of anything: what is no object at all is left to the check of the job. */
export const isTemplate = (spec: JobSpec): spec is JobTemplate =>
  typeof spec === 'object' && spec !== null && 'toJob' in spec && typeof spec.toJob === 'function';
