import type { Job } from 'bacalhau-apiclient';
import { hex, isRecord, utf8 } from '../util/index.js';
import { FINGERPRINT, userEntries } from './metadata-keys.js';

/**
 * The hash of what a job does: its specification without its name and place, and without what the server or the SDK
 * wrote into it. Two specifications with the same content have the same, whatever the order of their keys.
 */
export function fingerprintOf(job: Job): Promise<string> {
  const { ID, Name, Namespace, State, Version, Revision, CreateTime, ModifyTime, Meta, Labels, ...spec } = job;
  const own = { ...spec, Meta: userEntries(Meta), Labels: userEntries(Labels) };
  return hashOf(JSON.stringify(own, (_key, value: unknown) => (isRecord(value) ? sorted(value) : value)));
}

/** SHA-256 of a text, in hexadecimal. */
export async function hashOf(text: string): Promise<string> {
  const bytes = utf8(text);
  // Browsers have it on secure pages only.
  const native: typeof globalThis.crypto.subtle | undefined = globalThis.crypto?.subtle;
  if (native !== undefined) return hex(new Uint8Array(await native.digest('SHA-256', bytes)));
  const { sha256 } = await import('@noble/hashes/sha2.js');
  return hex(sha256(bytes));
}

const sorted = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));

/** A job as it is sent: with its fingerprint. */
export const withFingerprint = <J extends Job>(job: J, fingerprint: string): J => ({
  ...job,
  Meta: { ...job.Meta, [FINGERPRINT]: fingerprint },
});
