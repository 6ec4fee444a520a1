import type { Job } from 'bacalhau-apiclient';
import { FINGERPRINT } from './marks.js';

/** The hash of what a job does. What computes it is loaded when it is first needed. */
export const fingerprintOf = async (job: Job): Promise<string> => (await import('./fingerprint.js')).fingerprintOf(job);

/** SHA-256 of a text, in hexadecimal. */
export const hashOf = async (text: string): Promise<string> => (await import('./fingerprint.js')).hashOf(text);

/** A job as it is sent: with its fingerprint. */
export const withFingerprint = <J extends Job>(job: J, fingerprint: string): J => ({
  ...job,
  Meta: { ...job.Meta, [FINGERPRINT]: fingerprint },
});
