import { describeType } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import { isRecord } from '../util/index.js';
import type { DirectoryHandleLike, FileHandleLike, FileLike, LocalFiles } from './types.js';

/**
 * Checks the type of what is to be sent, which plain JavaScript can pass anything for.
 *
 * @throws {InvalidJobError}
 */
export function checkFiles(given: unknown): void {
  if (typeof given === 'string' && given.trim() !== '' && !/^(https?|s3|ipfs):/i.test(given)) return;
  if (given instanceof URL && given.protocol === 'file:') return;
  if (isDirectoryHandle(given) || isFileHandle(given) || isFileLike(given)) return;
  if (isList(given) && given.length > 0 && Array.from(given).every(isFileLike)) return;
  const what = typeof given === 'string' || given instanceof URL ? JSON.stringify(String(given)) : describeType(given);
  throw new InvalidJobError(
    'path',
    `must be a file or folder of this machine, not ${what}. Pass its path, a file: URL, a File, a FileList or a handle; inputs.url, inputs.s3 and inputs.inline are for other data.`,
  );
}

/** Returns how messages name what is to be sent. */
export function nameOf(given: LocalFiles): string {
  if (typeof given === 'string') return given;
  if (given instanceof URL) return given.href;
  if (isDirectoryHandle(given) || isFileHandle(given)) return given.name;
  if (isFileLike(given)) return given.name ?? 'the file';
  const [first] = Array.from(given);
  const [folder = ''] = first?.webkitRelativePath?.split('/') ?? [];
  return folder === '' ? 'the files' : folder;
}

export const isDirectoryHandle = (given: unknown): given is DirectoryHandleLike =>
  isRecord(given) && given['kind'] === 'directory' && typeof given['values'] === 'function';

export const isFileHandle = (given: unknown): given is FileHandleLike =>
  isRecord(given) && given['kind'] === 'file' && typeof given['getFile'] === 'function';

export const isFileLike = (given: unknown): given is FileLike =>
  isRecord(given) && typeof given['size'] === 'number' && typeof given['slice'] === 'function';

const isList = (given: unknown): given is ArrayLike<unknown> =>
  typeof given === 'object' && given !== null && 'length' in given && typeof given.length === 'number';
