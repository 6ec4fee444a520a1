import type { Job } from 'bacalhau-apiclient';
import { FINGERPRINT } from './metadata-keys.js';

/** By what a job that was submitted is recognised: its id is only what the server said. */
export interface JobIdentity {
  readonly name: string;
  readonly namespace: string;
  /** The hash of its specification, which is in its `Meta`. */
  readonly fingerprint: string;
}

/**
 * Returns whether a job is the one that was submitted. One of its name that has versions is the same job, even if it was
 * given another specification since.
 */
export const isOwnJob = (job: Job, { name, namespace, fingerprint }: JobIdentity): boolean => {
  const { Name, Namespace, Meta, Version = 0 } = job;
  return Name === name && Namespace === namespace && (Meta?.[FINGERPRINT] === fingerprint || Version > 1);
};
