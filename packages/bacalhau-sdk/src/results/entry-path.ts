import { DownloadError } from '../errors/index.js';

/**
 * The parts of an entry's path, or none for the root of the archive. Refuses what would leave the directory on any
 * system, so that the same archive is good or bad everywhere.
 *
 * @throws {DownloadError} with reason `unsafe-entry`.
 */
export function entryPath(name: string): readonly string[] {
  if (name === '') throw unsafe(name, 'has no name');
  if (name.includes('\0')) throw unsafe(name, 'has a zero byte in its name');
  if (/^[/\\]/.test(name)) throw unsafe(name, 'has an absolute path');
  if (/^[a-z]:/i.test(name)) throw unsafe(name, 'names a drive');
  if (name.split(/[/\\]/).includes('..')) throw unsafe(name, 'leads out of the directory');
  return name.split('/').filter((part) => part !== '' && part !== '.');
}

export const unsafe = (name: string, problem: string): DownloadError =>
  new DownloadError(
    `The entry ${JSON.stringify(name)} ${problem}, so the result was refused. Fetch it with extract: false to look into it.`,
    { reason: 'unsafe-entry', entry: name },
  );
