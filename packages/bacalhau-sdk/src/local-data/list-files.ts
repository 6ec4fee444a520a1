import { platform } from '#platform';
import { InvalidJobError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import type { FileSelection, LocalFile, LocalListing } from '../platform/index.js';
import type { DirectoryHandleLike, FileLike, LocalSource } from './types.js';

const CHUNK_SIZE = 1024 * 1024;

/** Lists the files that were passed, or that are at a path. */
export async function listFiles(source: LocalSource, selection: FileSelection): Promise<LocalListing> {
  switch (source.kind) {
    case 'path':
      return platform.listFiles(source.path, selection);
    case 'directoryHandle':
      return { kind: 'folder', files: await walk(source.handle, '', selection) };
    case 'fileHandle':
      return { kind: 'file', files: [localFile(source.name, await source.handle.getFile())] };
    case 'file':
      return { kind: 'file', files: [localFile(source.file.name ?? '', source.file)] };
    case 'files': {
      const files = source.files.map((file, index) => localFile(pathOf(file, index), file));
      return { kind: 'folder', files: files.filter(({ path }) => selection.hasFile(path)) };
    }
  }
}

function pathOf({ name = '', webkitRelativePath = '' }: FileLike, index: number): string {
  const [, ...parts] = webkitRelativePath.split('/');
  const path = parts.length > 0 ? parts.join('/') : name;
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new InvalidJobError(
      `path[${index}]`,
      `has the name ${quoteName(path)}, which is not that of a file in a folder. Pass for example new File([blob], "data.csv").`,
    );
  }
  return path;
}

async function walk(folder: DirectoryHandleLike, parent: string, selection: FileSelection): Promise<LocalFile[]> {
  const found: LocalFile[] = [];
  for await (const handle of folder.values()) {
    const path = parent === '' ? handle.name : `${parent}/${handle.name}`;
    if (handle.kind === 'directory') {
      if (selection.hasFolder(path)) found.push(...(await walk(handle, path, selection)));
    } else if (selection.hasFile(path)) found.push(localFile(path, await handle.getFile()));
  }
  return found;
}

const localFile = (path: string, file: FileLike): LocalFile => ({
  path,
  size: file.size,
  version: `${file.size}-${file.lastModified}`,
  async *read({ start, end } = { start: 0, end: file.size }) {
    for (let position = start; position < end; position += CHUNK_SIZE) {
      yield new Uint8Array(await file.slice(position, Math.min(position + CHUNK_SIZE, end)).arrayBuffer());
    }
  },
});
