import type { Job } from 'bacalhau-apiclient';
import { hex, isRecord, utf8 } from '../util/index.js';
import type { JobInput } from './job-input.js';
import { identityOf } from './local-content.js';
import { FINGERPRINT, userEntries } from './metadata-keys.js';

/**
 * Returns the hash of what a job does: its specification without its name and namespace, and without what the server or
 * the SDK wrote into it. Specifications with the same content have the same hash, whatever the order of their keys. Local data
 * counts by its content, not by the form in which it is sent.
 */
export function fingerprintOf(job: Job | JobInput): Promise<string> {
  const { ID, Name, Namespace, State, Version, Revision, CreateTime, ModifyTime, Meta, Labels, ...spec }: Job = job;
  const content = { ...spec, Meta: userEntries(Meta), Labels: userEntries(Labels) };
  return hashOf(
    JSON.stringify(content, (_key, value: unknown) => (isRecord(value) ? sorted(identityOf(value)) : value)),
  );
}

/** Returns the SHA-256 of a text, in hexadecimal. */
export async function hashOf(text: string): Promise<string> {
  const bytes = utf8(text);
  // Browsers have it only in secure contexts.
  const native: typeof globalThis.crypto.subtle | undefined = globalThis.crypto?.subtle;
  if (native !== undefined) return hex(new Uint8Array(await native.digest('SHA-256', bytes)));
  const { sha256 } = await import('@noble/hashes/sha2.js');
  return hex(sha256(bytes));
}

const sorted = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Returns a job with its fingerprint in `Meta`, as it is sent. */
export const withFingerprint = <J extends JobInput>(job: J, fingerprint: string): J => ({
  ...job,
  Meta: { ...job.Meta, [FINGERPRINT]: fingerprint },
});
