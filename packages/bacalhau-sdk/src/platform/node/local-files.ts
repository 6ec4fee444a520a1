import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quoteName } from '../../model/index.js';
import type { ByteRange, FileSelection, LocalFile, LocalListing, ReadOptions } from '../platform.js';
import { checkKind, problemOf } from './files.js';

const CHUNK_SIZE = 256 * 1024;

/** Lists a file, or the files of a folder and those that links in it lead to. */
export async function listFiles(path: string | URL, selection: FileSelection): Promise<LocalListing> {
  try {
    const root = await realpath(path instanceof URL ? fileURLToPath(path) : path);
    const info = await stat(root, { bigint: true });
    if (info.isDirectory()) return { kind: 'folder', files: await new Walk(root, selection).files() };
    checkKind(info);
    return { kind: 'file', files: [localFile(basename(root), root, info)] };
  } catch (error) {
    throw error instanceof FolderProblem ? error : new Error(await problemOf(path, error), { cause: error });
  }
}

/** Something in a folder that cannot be used. */
class FolderProblem extends Error {}

/** One walk through a folder. */
class Walk {
  readonly #root: string;
  readonly #selection: FileSelection;
  readonly #found: LocalFile[] = [];
  /** The folders on the way to the current one, with their links resolved. */
  readonly #parents: string[];

  constructor(root: string, selection: FileSelection) {
    this.#root = root;
    this.#selection = selection;
    this.#parents = [root];
  }

  async files(): Promise<readonly LocalFile[]> {
    await this.#walk('');
    return this.#found;
  }

  async #walk(folder: string): Promise<void> {
    for (const entry of await this.#try(folder, readdir(this.#place(folder), { withFileTypes: true }))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await this.#enter(path);
      else if (entry.isSymbolicLink()) await this.#follow(path);
      else await this.#add(path);
    }
  }

  async #enter(path: string): Promise<void> {
    if (!this.#selection.hasFolder(path)) return;
    const place = await this.#try(path, realpath(this.#place(path)));
    if (this.#parents.includes(place)) throw problem(path, 'is a link that leads back to a folder above it');
    this.#parents.push(place);
    await this.#walk(path);
    this.#parents.pop();
  }

  /** Takes what a link leads to, if that is in the folder as well: anything else is nothing that its author put there. */
  async #follow(path: string): Promise<void> {
    if (!this.#selection.hasFolder(path) && !this.#selection.hasFile(path)) return;
    const target = await realpath(this.#place(path)).catch(() => undefined);
    const isFolder = target !== undefined && (await this.#try(path, stat(target))).isDirectory();
    if (isFolder ? !this.#selection.hasFolder(path) : !this.#selection.hasFile(path)) return;
    if (target === undefined) throw problem(path, 'is a link that leads nowhere');
    if (target !== this.#root && !target.startsWith(withSeparator(this.#root))) {
      throw problem(path, 'is a link that leads out of the folder');
    }
    await (isFolder ? this.#enter(path) : this.#add(path));
  }

  async #add(path: string): Promise<void> {
    if (!this.#selection.hasFile(path)) return;
    const info = await this.#try(path, stat(this.#place(path), { bigint: true }));
    if (!info.isFile()) throw problem(path, 'is neither a file nor a folder');
    this.#found.push(localFile(path, this.#place(path), info));
  }

  #place(path: string): string {
    return join(this.#root, ...path.split('/'));
  }

  async #try<T>(path: string, step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      throw new FolderProblem(`its ${quoteName(path)} cannot be read: ${await problemOf(this.#place(path), error)}`, {
        cause: error,
      });
    }
  }
}

const problem = (path: string, text: string): FolderProblem =>
  new FolderProblem(`its ${quoteName(path)} ${text}. Exclude it with ${JSON.stringify({ exclude: [`/${path}`] })}`);

const withSeparator = (folder: string): string => (folder.endsWith(sep) ? folder : folder + sep);

const localFile = (path: string, place: string, info: BigIntStats): LocalFile => ({
  path,
  size: Number(info.size),
  version: [info.ino, info.size, info.mtimeNs, info.ctimeNs].join('-'),
  read: (part, options) => readFile(place, part, options),
});

async function* readFile(
  place: string,
  { start, end }: ByteRange = { start: 0, end: Number.POSITIVE_INFINITY },
  { reusesMemory }: ReadOptions = { reusesMemory: false },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    // Something else may have taken its place since it was listed, and opening a pipe may wait for ever.
    const handle = await open(place, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      checkKind(await handle.stat());
      let buffer = Buffer.allocUnsafe(CHUNK_SIZE);
      let spare = reusesMemory ? Buffer.allocUnsafe(CHUNK_SIZE) : undefined;
      for (let position = start; position < end; ) {
        const chunk = buffer.subarray(0, await fill(handle, buffer, { start: position, end }));
        if (chunk.length === 0) return;
        position += chunk.length;
        yield chunk;
        [buffer, spare] = [spare ?? Buffer.allocUnsafe(CHUNK_SIZE), spare && buffer];
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Error(await problemOf(place, error), { cause: error });
  }
}

/** Reads as much as fits: a stream waits until a full chunk is sent, but may hold several small ones. */
async function fill(handle: FileHandle, buffer: Buffer, { start, end }: ByteRange): Promise<number> {
  const size = Math.min(buffer.length, end - start);
  let filled = 0;
  while (filled < size) {
    const options = { offset: filled, length: size - filled, position: start + filled };
    const { bytesRead } = await handle.read(buffer, options);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
