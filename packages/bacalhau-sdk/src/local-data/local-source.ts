import { describeType } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import { isRecord } from '../util/index.js';
import type { DirectoryHandleLike, FileHandleLike, FileLike, LocalSource } from './types.js';

/**
 * Tells what was passed to be sent, and how messages name it.
 *
 * @throws {InvalidJobError} if it is none of it: plain JavaScript can pass anything.
 */
export function toLocalSource(given: unknown): LocalSource {
  if (typeof given === 'string' && given.trim() !== '' && !/^(https?|s3|ipfs):/i.test(given)) {
    return { kind: 'path', path: given, name: given };
  }
  if (given instanceof URL && given.protocol === 'file:') return { kind: 'path', path: given, name: given.href };
  if (isDirectoryHandle(given)) return { kind: 'directoryHandle', handle: given, name: given.name };
  if (isFileHandle(given)) return { kind: 'fileHandle', handle: given, name: given.name };
  if (isFileLike(given)) return { kind: 'file', file: given, name: given.name ?? 'the file' };
  const files = isList(given) ? Array.from(given) : [];
  if (files.length > 0 && files.every(isFileLike)) return { kind: 'files', files, name: nameOfFolder(files) };
  const what = typeof given === 'string' || given instanceof URL ? JSON.stringify(String(given)) : describeType(given);
  throw new InvalidJobError(
    'path',
    `must be a file or folder of this machine, not ${what}. Pass its path, a file: URL, a File, a FileList or a handle; inputs.url, inputs.s3 and inputs.inline are for other data.`,
  );
}

function nameOfFolder([first]: readonly FileLike[]): string {
  const [folder = ''] = first?.webkitRelativePath?.split('/') ?? [];
  return folder === '' ? 'the files' : folder;
}

const isDirectoryHandle = (given: unknown): given is DirectoryHandleLike =>
  isRecord(given) && given['kind'] === 'directory' && typeof given['values'] === 'function';

const isFileHandle = (given: unknown): given is FileHandleLike =>
  isRecord(given) && given['kind'] === 'file' && typeof given['getFile'] === 'function';

const isFileLike = (given: unknown): given is FileLike =>
  isRecord(given) && typeof given['size'] === 'number' && typeof given['slice'] === 'function';

const isList = (given: unknown): given is ArrayLike<unknown> =>
  typeof given === 'object' && given !== null && 'length' in given && typeof given.length === 'number';
