import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, mkdir, open, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DownloadError } from '../../errors/index.js';
import type { DownloadFolder } from '../platform.js';

/** What the owner can always do with a downloaded file: read it, and write it. */
const OWNER_BITS = 0o600;
const PERMISSION_BITS = 0o777;
const DEFAULT_MODE = 0o644;

/** Names that mean a device on Windows, and characters that its file systems do not have. */
const NOT_ON_WINDOWS = /[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

interface Staged {
  readonly path: readonly string[];
  readonly kind: 'file' | 'directory';
}

/**
 * Everything is written into a folder of a random name inside of the directory, so that what is complete can be renamed
 * into place: on the same file system, a file is there as a whole or not at all.
 */
export async function openFolder(directory: string, options: { readonly overwrite: boolean }): Promise<DownloadFolder> {
  const wanted = path.resolve(directory);
  let firstMade: string | undefined;
  try {
    firstMade = await mkdir(wanted, { recursive: true });
    const target = await realpath(wanted);
    const staging = path.join(target, `.bacalhau-${randomBytes(6).toString('hex')}.partial`);
    await mkdir(staging);
    return new Folder({ directory: wanted, target, staging, firstMade, overwrite: options.overwrite });
  } catch (error) {
    await removeMade(wanted, firstMade);
    throw diskError(error, wanted);
  }
}

interface Places {
  readonly directory: string;
  /** The directory without links in its path. */
  readonly target: string;
  readonly staging: string;
  /** The outermost of the directories that had to be made. */
  readonly firstMade: string | undefined;
  readonly overwrite: boolean;
}

class Folder implements DownloadFolder {
  readonly directory: string;
  readonly #places: Places;
  readonly #staged: Staged[] = [];
  /** Parents that are known to be there, by path. */
  readonly #made = new Set<string>();
  #isCommitted = false;

  constructor(places: Places) {
    this.directory = places.directory;
    this.#places = places;
  }

  async addDirectory(parts: readonly string[]): Promise<void> {
    if (parts.length === 0) return;
    await this.#refuseTaken(parts, 'directory');
    await this.#makeStaged(parts);
    this.#staged.push({ path: parts, kind: 'directory' });
  }

  async addFile(parts: readonly string[], content: AsyncIterable<Uint8Array>, mode = DEFAULT_MODE): Promise<number> {
    await this.#refuseTaken(parts, 'file');
    await this.#makeStaged(parts.slice(0, -1));
    const file = path.join(this.#places.staging, ...parts);
    const handle = await this.#create(file, parts, (mode & PERMISSION_BITS) | OWNER_BITS);
    let size = 0;
    try {
      for await (const chunk of content) {
        await write(handle, chunk, file);
        size += chunk.length;
      }
    } finally {
      await handle.close();
    }
    this.#staged.push({ path: parts, kind: 'file' });
    return size;
  }

  async commit(): Promise<void> {
    const { target, staging, overwrite } = this.#places;
    const undo: (() => Promise<void>)[] = [];
    try {
      // Looked at again, all of them before the first is moved.
      for (const { path: parts, kind } of this.#staged) await this.#refuseTaken(parts, kind);
      const made = new Set<string>();
      for (const { path: parts, kind } of this.#staged) {
        for (const parent of prefixes(kind === 'file' ? parts.slice(0, -1) : parts)) {
          const folder = path.join(target, ...parent);
          if (made.has(folder)) continue;
          made.add(folder);
          if (await makeDirectory(folder)) undo.push(() => rmdir(folder));
        }
        if (kind === 'directory') continue;
        const file = path.join(target, ...parts);
        const isNew = await move(path.join(staging, ...parts), file, overwrite);
        if (isNew) undo.push(() => unlink(file));
      }
    } catch (error) {
      for (const step of undo.reverse()) await step().catch(() => undefined);
      throw diskError(error, target);
    }
    this.#isCommitted = true;
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }

  async discard(): Promise<void> {
    const { staging, directory, firstMade } = this.#places;
    if (this.#isCommitted) return;
    await rm(staging, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    await removeMade(directory, firstMade);
  }

  async #makeStaged(parts: readonly string[]): Promise<void> {
    const folder = path.join(this.#places.staging, ...parts);
    if (this.#made.has(folder)) return;
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      if (isCode(error, 'EEXIST', 'ENOTDIR')) throw clash(parts);
      throw diskError(error, folder);
    }
    this.#made.add(folder);
  }

  async #create(file: string, parts: readonly string[], mode: number): Promise<FileHandle> {
    try {
      return await open(file, 'wx', mode);
    } catch (error) {
      // Also where the file system does not tell upper from lower case.
      if (isCode(error, 'EEXIST', 'EISDIR')) throw clash(parts);
      throw diskError(error, file);
    }
  }

  /** Found out as soon as the name is known, and not after an hour of downloading. */
  async #refuseTaken(parts: readonly string[], kind: Staged['kind']): Promise<void> {
    const name = parts.join('/');
    if (process.platform === 'win32' && parts.some((part) => NOT_ON_WINDOWS.test(part))) {
      throw new DownloadError(`The entry ${JSON.stringify(name)} has a name that Windows does not allow.`, {
        reason: 'unsafe-entry',
        entry: name,
      });
    }
    const { target, overwrite } = this.#places;
    for (const parent of prefixes(parts)) {
      const place = path.join(target, ...parent);
      const found = await lstat(place).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return undefined;
        throw diskError(error, place);
      });
      if (found === undefined) return;
      const isLast = parent.length === parts.length;
      if (found.isDirectory() && !(isLast && kind === 'file')) continue;
      if (isLast && kind === 'file' && overwrite && !found.isDirectory()) return;
      throw new DownloadError(
        `${place} exists already${found.isSymbolicLink() ? ', as a link' : ''}. Download into another directory${isLast && kind === 'file' && !found.isDirectory() ? ', or set overwrite' : ''}.`,
        { reason: 'exists', entry: name },
      );
    }
  }
}

/** `a`, `a/b`, `a/b/c`. */
const prefixes = (parts: readonly string[]): (readonly string[])[] =>
  parts.map((_, index) => parts.slice(0, index + 1));

async function write(handle: FileHandle, chunk: Uint8Array, file: string): Promise<void> {
  let offset = 0;
  try {
    while (offset < chunk.length) {
      const { bytesWritten } = await handle.write(chunk, offset);
      offset += bytesWritten;
    }
  } catch (error) {
    throw diskError(error, file);
  }
}

/** Whether it had to be made. */
async function makeDirectory(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Puts a file into place; whether nothing was there before. */
async function move(from: string, to: string, overwrite: boolean): Promise<boolean> {
  if (overwrite) {
    const existed = await lstat(to).then(
      () => true,
      () => false,
    );
    await rename(from, to);
    return !existed;
  }
  try {
    // Unlike a rename, this fails where somebody was faster.
    await link(from, to);
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      throw new DownloadError(`${to} has come into being meanwhile. Download into another directory.`, {
        reason: 'exists',
        entry: to,
      });
    }
    // Not every file system has hard links.
    await rename(from, to);
  }
  return true;
}

/** Removes the directories that were made for nothing, unless somebody has put something into them. */
async function removeMade(directory: string, firstMade: string | undefined): Promise<void> {
  if (firstMade === undefined) return;
  for (let folder = directory; folder.length >= firstMade.length; folder = path.dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

const clash = (parts: readonly string[]): DownloadError =>
  new DownloadError(
    `The result has two entries for ${JSON.stringify(parts.join('/'))}. Fetch it with extract: false to look into it.`,
    { reason: 'damaged', entry: parts.join('/') },
  );

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk. Make room, or download to another one.',
  EDQUOT: 'your quota on this disk is used up. Make room, or download to another one.',
  EACCES: 'you may not write there. Choose another directory, or change its permissions.',
  EPERM: 'the system does not allow it. Choose another directory.',
  EROFS: 'the file system is read-only. Choose another directory.',
  ENOTDIR: 'a part of the path is a file. Choose another directory.',
  EEXIST: 'there is a file of that name. Choose another directory.',
  ENAMETOOLONG: 'the name is too long for this file system. Fetch the result with extract: false.',
  EMFILE: 'this process has too many files open.',
};

function diskError(error: unknown, place: string): unknown {
  if (!isSystemError(error)) return error;
  const advice = ADVICE[error.code] ?? `${error.message}.`;
  return new DownloadError(
    `Cannot write to ${place}: ${advice}`,
    { reason: 'disk', code: error.code },
    { cause: error },
  );
}

/** Not by `instanceof`: in jest, errors of Node's own modules come from another realm. */
const isSystemError = (error: unknown): error is { readonly code: string; readonly message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'syscall' in error &&
  'code' in error &&
  typeof error.code === 'string' &&
  'message' in error &&
  typeof error.message === 'string';

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  isSystemError(error) && codes.includes(error.code);
