import { createTarPacker, type TarHeader } from 'modern-tar';
import type { LocalFile } from '../platform/index.js';
import { readAll } from '../util/index.js';

/**
 * The mode of everything, as Docker sends a context from Windows: systems without such modes, and browsers, make the same
 * tar, and a script can be run.
 */
const MODE = 0o755;

/** What is the same in each header: no time and no owner. */
const COMMON = { mode: MODE, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };

/**
 * Packs files into a tar that is the same wherever they are packed: by path, with the folders that they are in. The content
 * of a file must have its size.
 */
export async function* packFolder(files: readonly LocalFile[]): AsyncGenerator<Uint8Array, void, undefined> {
  const { readable, controller } = createTarPacker();
  const write = async (header: TarHeader, content?: AsyncIterable<Uint8Array>): Promise<void> => {
    const writer = controller.add(header).getWriter();
    if (content !== undefined) for await (const chunk of content) await writer.write(chunk);
    await writer.close();
  };
  const packing = (async () => {
    try {
      for (const { path, file } of entriesOf(files)) {
        if (file === undefined) await write({ ...COMMON, name: `${path}/`, type: 'directory', size: 0 });
        else await write({ ...COMMON, name: path, type: 'file', size: file.size }, file.read());
      }
      controller.finalize();
    } catch (error) {
      controller.error(error);
    }
  })();
  try {
    yield* readAll(readable);
  } finally {
    // Files are closed then, also if the reader stopped early.
    await packing;
  }
}

interface Entry {
  readonly path: string;
  /** Undefined for a folder. */
  readonly file: LocalFile | undefined;
}

/** Returns files and the folders that they are in, each folder before what is in it. */
function entriesOf(files: readonly LocalFile[]): readonly Entry[] {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const entries: Entry[] = [
    ...[...folders].map((path) => ({ path, file: undefined })),
    ...files.map((file) => ({ path: file.path, file })),
  ];
  return entries.sort(byPath);
}

/** Returns the folders that a path is in: `a` and `a/b` of `a/b/c`. */
export function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Compares by UTF-16 units, which no language or system orders otherwise. */
export const byPath = (one: { readonly path: string }, other: { readonly path: string }): number =>
  one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
