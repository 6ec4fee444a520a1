import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of each of them, in bytes. */
export const FILE_SIZE = 1_000;
/** 300 files of bytes that neither compress nor are text, some in folders. */
export const manyFiles = (): ReadonlyMap<string, Buffer> =>
  new Map(
    Array.from({ length: 300 }, (_, index) => [
      index % 3 === 0 ? `${index}.bin` : `f${index % 7}/g/${index}.bin`,
      createHash('shake256', { outputLength: FILE_SIZE }).update(String(index)).digest(),
    ]),
  );

/** The files of a directory, by their paths. */
export async function filesOf(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(
        async (path) => [path.slice(directory.length + 1).replaceAll('\\', '/'), await readFile(path)] as const,
      ),
    ),
  );
}

export const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([one], [other]) => (one < other ? -1 : 1));
