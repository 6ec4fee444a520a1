import { DownloadError } from '../errors/index.js';

/**
 * Returns the parts of an entry's path, or none for the root of the archive. Refuses what would leave the directory on
 * any system, so that the same archive is accepted or refused everywhere.
 *
 * @throws {DownloadError} with reason `unsafe-entry`.
 */
export function entryPath(name: string): readonly string[] {
  if (name === '') throw unsafeEntry(name, 'has no name');
  if (name.includes('\0')) throw unsafeEntry(name, 'has a null byte in its name');
  if (/^[/\\]/.test(name)) throw unsafeEntry(name, 'has an absolute path');
  if (/^[a-z]:/i.test(name)) throw unsafeEntry(name, 'has a drive letter');
  if (name.split(/[/\\]/).includes('..')) throw unsafeEntry(name, 'leaves the directory');
  return name.split('/').filter((part) => part !== '' && part !== '.');
}

export const unsafeEntry = (name: string, problem: string): DownloadError =>
  new DownloadError(
    `The entry ${JSON.stringify(name)} ${problem}, so the result was refused. Download it with extract: false to inspect it.`,
    { reason: 'unsafe-entry', entry: name },
  );
