import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, mkdir, open, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DownloadError } from '../../errors/index.js';
import { quoteName } from '../../model/index.js';
import type { DownloadFolder, DownloadFolderOptions } from '../platform.js';

/** The owner can always read and write a downloaded file. */
const OWNER_BITS = 0o600;
const PERMISSION_BITS = 0o777;
const DEFAULT_MODE = 0o644;

/** Names of devices on Windows, and characters that its file systems do not allow. */
const NOT_ON_WINDOWS = /[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** A file or a directory to move into place. */
interface Node {
  readonly kind: 'file' | 'directory';
  readonly name: string;
  readonly children: Map<string, Node>;
  /** What exists at its target path; undefined until that is checked. */
  found: 'nothing' | 'directory' | undefined;
}

const newNode = (kind: Node['kind'], name: string): Node => ({ kind, name, children: new Map(), found: undefined });

/**
 * Opens a directory to download into. Files are written into a folder with a random name in it, so that they can be renamed
 * into place when they are complete: within one file system, a file appears as a whole or not at all.
 */
export async function openFolder(directory: string, options: DownloadFolderOptions): Promise<DownloadFolder> {
  const wanted = path.resolve(directory);
  let firstMade: string | undefined;
  try {
    firstMade = await mkdir(wanted, { recursive: true });
    const target = await realpath(wanted);
    const staging = path.join(target, `.bacalhau-${randomBytes(6).toString('hex')}.partial`);
    await mkdir(staging);
    return new Folder({ directory: wanted, target, staging, firstMade, ...options });
  } catch (error) {
    await removeMade(wanted, firstMade);
    throw diskError(error, wanted);
  }
}

interface Places extends DownloadFolderOptions {
  readonly directory: string;
  /** The directory without links in its path. */
  readonly target: string;
  readonly staging: string;
  /** The outermost of the directories that had to be created. */
  readonly firstMade: string | undefined;
}

class Folder implements DownloadFolder {
  readonly directory: string;
  readonly #places: Places;
  readonly #root: Node = { ...newNode('directory', ''), found: 'directory' };
  #paths = 0;
  #isCommitted = false;

  constructor(places: Places) {
    this.directory = places.directory;
    this.#places = places;
  }

  async addDirectory(parts: readonly string[]): Promise<void> {
    checkNames(parts);
    await this.#makeDirectories(parts, parts);
  }

  async addFile(parts: readonly string[], content: AsyncIterable<Uint8Array>, mode = DEFAULT_MODE): Promise<number> {
    checkNames(parts);
    const parent = await this.#makeDirectories(parts.slice(0, -1), parts);
    const name = parts.at(-1) ?? '';
    if (parent.children.has(name)) throw clash(parts);
    const node = newNode('file', name);
    if (parent.found !== 'nothing') await this.#look(node, parts);
    this.#count(parts);
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
    parent.children.set(name, node);
    return size;
  }

  async commit(): Promise<void> {
    const { target, staging, overwrite } = this.#places;
    const undo: (() => Promise<void>)[] = [];
    try {
      // Checked again, all of them before the first is moved.
      for (const { node, parts, parent } of walk(this.#root)) {
        node.found = parent.found === 'nothing' ? 'nothing' : undefined;
        if (node.found === undefined) await this.#look(node, parts);
      }
      for (const { node, parts } of walk(this.#root)) {
        const place = path.join(target, ...parts);
        if (node.kind === 'directory') {
          if (await makeDirectory(place)) undo.push(() => rmdir(place));
          continue;
        }
        const isNew = await move(path.join(staging, ...parts), place, overwrite);
        if (isNew) undo.push(() => unlink(place));
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

  /** Creates the missing directories one by one: each is checked once, however many entries are in it. */
  async #makeDirectories(directories: readonly string[], entry: readonly string[]): Promise<Node> {
    let node = this.#root;
    for (const [index, name] of directories.entries()) {
      const known = node.children.get(name);
      if (known?.kind === 'file') throw clash(entry);
      if (known !== undefined) {
        node = known;
        continue;
      }
      const parts = directories.slice(0, index + 1);
      const made = newNode('directory', name);
      if (node.found === 'nothing') made.found = 'nothing';
      else await this.#look(made, parts);
      this.#count(entry);
      await this.#stageDirectory(parts);
      node.children.set(name, made);
      node = made;
    }
    return node;
  }

  async #stageDirectory(parts: readonly string[]): Promise<void> {
    const folder = path.join(this.#places.staging, ...parts);
    try {
      await mkdir(folder);
    } catch (error) {
      // On a case-insensitive file system.
      if (isCode(error, 'EEXIST', 'ENOTDIR')) throw clash(parts);
      throw diskError(error, folder);
    }
  }

  async #create(file: string, parts: readonly string[], mode: number): Promise<FileHandle> {
    try {
      return await open(file, 'wx', mode);
    } catch (error) {
      // Also on a case-insensitive file system.
      if (isCode(error, 'EEXIST', 'EISDIR')) throw clash(parts);
      throw diskError(error, file);
    }
  }

  #count(parts: readonly string[]): void {
    this.#paths += 1;
    if (this.#paths <= this.#places.maxPaths) return;
    const entry = parts.join('/');
    throw new DownloadError(
      `The results have more than ${this.#places.maxPaths} files and directories, including implied ones. Raise limits.entries if that is expected; the limit was reached at ${quoteName(entry)}.`,
      { reason: 'too-large', entry },
    );
  }

  /** Checks what exists at the target path of a node as soon as its name is known, not after an hour of downloading. */
  async #look(node: Node, parts: readonly string[]): Promise<void> {
    const { target, overwrite } = this.#places;
    const place = path.join(target, ...parts);
    const found = await lstat(place).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return undefined;
      throw diskError(error, place);
    });
    node.found = found?.isDirectory() ? 'directory' : 'nothing';
    const isFile = node.kind === 'file';
    if (found === undefined || (found.isDirectory() && !isFile)) return;
    const mayReplace = isFile && !found.isDirectory();
    if (mayReplace && overwrite) return;
    throw new DownloadError(
      `${place} exists already${found.isSymbolicLink() ? ' as a link' : ''}. Download into another directory${mayReplace ? ', or set overwrite' : ''}.`,
      { reason: 'exists', entry: parts.join('/') },
    );
  }
}

function checkNames(parts: readonly string[]): void {
  if (process.platform !== 'win32' || !parts.some((part) => NOT_ON_WINDOWS.test(part))) return;
  const entry = parts.join('/');
  throw new DownloadError(`The entry ${quoteName(entry)} has a name that Windows does not allow.`, {
    reason: 'unsafe-entry',
    entry,
  });
}

/** Yields everything below a node, each directory before its content. */
function* walk(
  parent: Node,
  above: readonly string[] = [],
): Generator<{ readonly node: Node; readonly parts: readonly string[]; readonly parent: Node }, void, undefined> {
  for (const node of parent.children.values()) {
    const parts = [...above, node.name];
    yield { node, parts, parent };
    yield* walk(node, parts);
  }
}

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

/** Creates a directory; returns false if it existed. */
async function makeDirectory(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a file into place; returns whether nothing was there before. */
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
    // Unlike a rename, this fails if another program has created the file meanwhile.
    await link(from, to);
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      throw new DownloadError(`${to} was created by another program meanwhile. Download into another directory.`, {
        reason: 'exists',
        entry: to,
      });
    }
    // Not every file system has hard links.
    await rename(from, to);
  }
  return true;
}

/** Removes the directories that were created for this download, unless they are in use. */
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
    `The result has two entries for ${quoteName(parts.join('/'))}. Download it with extract: false to inspect it.`,
    { reason: 'damaged', entry: parts.join('/') },
  );

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk. Free some space, or use another disk.',
  EDQUOT: 'the disk quota is exceeded. Free some space, or use another disk.',
  EACCES: 'permission is denied. Choose another directory, or change its permissions.',
  EPERM: 'the operation is not permitted. Choose another directory.',
  EROFS: 'the file system is read-only. Choose another directory.',
  ENOTDIR: 'a part of the path is not a directory. Choose another directory.',
  EEXIST: 'a file of that name exists. Choose another directory.',
  ENAMETOOLONG: 'the name is too long for this file system. Download the result with extract: false.',
  EMFILE: 'this process has too many open files. Close some, or raise the limit (ulimit -n).',
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

/** Recognizes errors of the operating system, not by `instanceof`: in jest, errors of Node's own modules come from another realm. */
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
