import type { JobInput } from '../spec/index.js';
import { randomHex } from '../util/index.js';

/** A job as it is submitted: with its name, and its namespace. */
export type NamedJob = JobInput & { readonly Name: string; readonly Namespace: string };

/** Gives a job a fresh name, if it has none, and its namespace. */
export function nameJob(job: JobInput, namespace: string): { readonly job: NamedJob; readonly isFresh: boolean } {
  const Name = job.Name || `job-${randomHex(8)}`;
  return { job: { ...job, Name, Namespace: job.Namespace ?? namespace }, isFresh: !job.Name };
}
