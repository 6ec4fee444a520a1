import { BacalhauError, InvalidJobError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import type { ByteRange, LocalFile, LocalListing, ReadOptions } from '../platform/index.js';
import { isRecord } from '../util/index.js';
import { listFiles } from './list-files.js';
import { byPath, foldersOf } from './pack-folder.js';
import { selectFiles } from './select-files.js';
import type { FilesInput, LocalSource } from './types.js';

type Patterns = Pick<FilesInput, 'include' | 'exclude'>;

/** Files as they were found. */
export interface FoundFiles extends LocalListing {
  /** How messages name them together. */
  readonly name: string;
  /** In bytes, together. */
  readonly size: number;
  /**
   * Checks, once the files have been read, that they are as they were found.
   *
   * @throws {InvalidJobError}
   */
  checkUnchanged(): Promise<void>;
}

/**
 * Finds the files that were passed, or that are at a path, in the order of their paths.
 *
 * @throws {InvalidJobError} if there are none, or nodes could not unpack one.
 */
export async function findFiles(source: LocalSource, patterns: Patterns): Promise<FoundFiles> {
  const { kind, files } = await list(source, patterns);
  const { name } = source;
  return {
    kind,
    name,
    files: files.map((file) => ({ ...file, read: (part, options) => readWhole(file, name, part, options) })),
    size: files.reduce((sum, { size }) => sum + size, 0),
    async checkUnchanged() {
      const now = await list(source, patterns);
      if (now.kind !== kind || versionsOf(now.files) !== versionsOf(files)) throw changed(name);
    },
  };
}

async function list(source: LocalSource, patterns: Patterns): Promise<LocalListing> {
  const selection = selectFiles(patterns);
  const { name } = source;
  const { kind, files } = await listFiles(source, selection).catch((error: unknown) => {
    throw error instanceof BacalhauError ? error : cannotBeSent(name, clauseOf(error), error);
  });
  if (kind === 'file') {
    const setting = patterns.include !== undefined ? 'include' : 'exclude';
    if (patterns[setting] === undefined) return { kind, files };
    throw new InvalidJobError(setting, `is for the files of a folder, and ${quoteName(name)} is a file. Remove it.`);
  }
  const unmatched = selection.findUnmatched();
  if (unmatched !== undefined) {
    throw new InvalidJobError(
      'include',
      `has the pattern ${quoteName(unmatched)}, which matches no file of ${quoteName(name)}. Patterns are those of a .gitignore file; exclude goes first.`,
    );
  }
  if (files.length === 0) throw cannotBeSent(name, 'it has no files');
  const sorted = [...files].sort(byPath);
  checkPaths(sorted, name);
  return { kind, files: sorted };
}

/** Checks paths for what one folder cannot hold, or nodes refuse to unpack (`validRelPath` of 1.9.3). */
function checkPaths(files: readonly LocalFile[], name: string): void {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  for (const [index, { path }] of files.entries()) {
    const problem =
      path.includes('../') || /[\\\0\p{Surrogate}]/u.test(path)
        ? 'has a name that nodes refuse'
        : folders.has(path) || files[index - 1]?.path === path
          ? 'is there twice'
          : undefined;
    if (problem !== undefined) throw cannotBeSent(name, `its ${quoteName(path)} ${problem}`);
  }
}

/** Reads a file, whose size must be what it was: the size goes first in a tar. */
async function* readWhole(
  file: LocalFile,
  name: string,
  part?: ByteRange,
  options?: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = part === undefined ? file.size : part.end - part.start;
  try {
    for await (const chunk of file.read(part, options)) {
      left -= chunk.length;
      if (left < 0) break;
      yield chunk;
    }
  } catch (error) {
    throw cannotBeSent(name, `its ${quoteName(file.path)} cannot be read: ${clauseOf(error)}`, error);
  }
  if (left !== 0) throw changed(name);
}

const versionsOf = (files: readonly LocalFile[]): string =>
  JSON.stringify(files.map(({ path, version }) => [path, version]));

/** Returns what an error of the platform says; its cause says less. */
const clauseOf = (error: unknown): string => String(isRecord(error) ? error['message'] : error);

export const cannotBeSent = (name: string, problem: string, cause?: unknown): InvalidJobError =>
  new InvalidJobError('path', `${quoteName(name)} cannot be sent: ${problem}.`, { cause });

const changed = (name: string): InvalidJobError =>
  cannotBeSent(name, 'it changed while it was read. Submit the job again when nothing writes to it');
