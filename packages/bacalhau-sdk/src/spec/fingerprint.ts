import { sha256 } from '@noble/hashes/sha2.js';
import type { Job } from 'bacalhau-apiclient';
import { hex, utf8 } from '../identity/index.js';
import { isRecord } from '../records.js';
import { callersOwn } from './marks.js';

/**
 * The hash of what a job does: its specification without its name and place, and without what the server or the SDK
 * wrote into it. Two specifications with the same content have the same, whatever the order of their keys.
 */
export function fingerprintOf(job: Job): string {
  const { ID, Name, Namespace, State, Version, Revision, CreateTime, ModifyTime, Meta, Labels, ...spec } = job;
  const own = { ...spec, Meta: callersOwn(Meta), Labels: callersOwn(Labels) };
  return hashOf(JSON.stringify(own, (_key, value: unknown) => (isRecord(value) ? sorted(value) : value)));
}

/**
 * SHA-256, in hexadecimal. Not by Web Crypto, which browsers offer on secure pages only.
 */
export const hashOf = (text: string): string => hex(sha256(utf8(text)));

const sorted = (value: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
