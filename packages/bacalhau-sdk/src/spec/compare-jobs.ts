import type { Job } from 'bacalhau-apiclient';
import { isRecord } from '../util/index.js';
import type { JobInput } from './job-input.js';
import { isPackedFolder } from './local-content.js';
import { userEntries } from './metadata-keys.js';

/** Whether two values mean the same; undefined if that cannot be told. */
type Verdict = boolean | undefined;

/** What servers fill in where a job does not say it. Their settings may say otherwise, so other values prove nothing. */
const FILLED_IN = new Map<string, unknown>([
  ['Count', 1],
  ['Priority', undefined],
  ['Tasks.Resources.CPU', '500m'],
  ['Tasks.Resources.Memory', '512mb'],
  ['Tasks.Resources.Disk', undefined],
  ['Tasks.Resources.GPU', undefined],
  ['Tasks.Network.Type', 'Default'],
  ['Tasks.Timeouts.ExecutionTimeout', undefined],
  ['Tasks.Timeouts.QueueTimeout', undefined],
  ['Tasks.Timeouts.TotalTimeout', undefined],
]);

/**
 * Compares what a job is to do with what one of the server's does, where the latter has no fingerprint.
 *
 * @returns undefined if the server's differs only where servers fill something in, or in the bytes of a folder that may be the
 * same: gzip differs between runtimes.
 */
export function compareJobs(wanted: JobInput, found: Job): boolean | undefined {
  return compare(contentOf(wanted), contentOf(found), '');
}

function contentOf(job: Job | JobInput): unknown {
  const { ID, Name, Namespace, State, Version, Revision, CreateTime, ModifyTime, Meta, Labels, ...content }: Job = job;
  return { ...content, Meta: userEntries(Meta), Labels: userEntries(Labels) };
}

function compare(wanted: unknown, found: unknown, path: string): Verdict {
  if (isEmpty(wanted) && isEmpty(found)) return true;
  if (isRecord(found) && (isRecord(wanted) || isEmpty(wanted))) {
    const given = isRecord(wanted) ? wanted : {};
    const names = [...new Set([...Object.keys(given), ...Object.keys(found)])];
    const verdict = all(names.map((name) => compare(given[name], found[name], path === '' ? name : `${path}.${name}`)));
    return verdict === false && isPackedFolder(given) && isArchive(found) ? undefined : verdict;
  }
  if (Array.isArray(wanted) && Array.isArray(found)) {
    if (wanted.length !== found.length) return false;
    return all(wanted.map((item, index) => compare(item, found[index], path)));
  }
  if (isEmpty(wanted) && FILLED_IN.has(path)) return FILLED_IN.get(path) === found ? true : undefined;
  const isCaseless = path.startsWith('Tasks.Resources.') || path.endsWith('.Type');
  return isCaseless && typeof found === 'string' ? `${wanted}`.toLowerCase() === found.toLowerCase() : wanted === found;
}

/** Recognizes a source that may be the same folder, packed by another program. */
const isArchive = ({ Type, Params }: Readonly<Record<string, unknown>>): boolean =>
  `${Type}`.toLowerCase() === 'inline' && isRecord(Params) && `${Params['URL']}`.startsWith('data:application/gzip');

const all = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;

/** Recognizes values that servers omit, or write for an omitted one. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}
