import { DownloadError } from '../errors/index.js';
import { quoteName } from '../model/index.js';

/** The longest path of an entry, in UTF-16 units, and how deep it may be. Systems take 4,096 bytes and 255 a part. */
const LONGEST_PATH = 4_096;
const MOST_PARTS = 128;

/**
 * Returns the parts of an entry's path, or none for the root of the archive. Refuses what would leave the directory on
 * any system, so that the same archive is accepted or refused everywhere.
 *
 * @throws {DownloadError} with reason `unsafe-entry`.
 */
export function entryPath(name: string): readonly string[] {
  if (name === '') throw unsafeEntry(name, 'has no name');
  if (name.length > LONGEST_PATH) throw unsafeEntry(name, `has a path of more than ${LONGEST_PATH} characters`);
  if (name.includes('\0')) throw unsafeEntry(name, 'has a null byte in its name');
  if (/^[/\\]/.test(name)) throw unsafeEntry(name, 'has an absolute path');
  if (/^[a-z]:/i.test(name)) throw unsafeEntry(name, 'has a drive letter');
  if (name.split(/[/\\]/).includes('..')) throw unsafeEntry(name, 'leaves the directory');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length > MOST_PARTS) throw unsafeEntry(name, `has a path of more than ${MOST_PARTS} parts`);
  return parts;
}

export const unsafeEntry = (name: string, problem: string): DownloadError =>
  new DownloadError(
    `The entry ${quoteName(name)} ${problem}, so the result was refused. Download it with extract: false to inspect it.`,
    { reason: 'unsafe-entry', entry: name.slice(0, LONGEST_PATH) },
  );
