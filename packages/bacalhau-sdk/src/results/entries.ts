import { DownloadError } from '../errors/index.js';
import { type Entry, readArchive } from './archive.js';
import { entryPath, unsafeEntry } from './entry-path.js';
import type { LimitCounter } from './limit-counter.js';
import { type Incoming, receive } from './remote-file.js';
import type { ArchiveSource, FilesSource, ResultSource } from './sources/source.js';
import type { TransferContext } from './transfer-context.js';

/**
 * Reads the files and directories of one result, one after the other; the content of each must be read before the next.
 * `announce` is called with the number of bytes to come as soon as that is known.
 */
export async function* entriesOf(
  source: ResultSource,
  context: TransferContext,
  limits: LimitCounter,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Entry, void, undefined> {
  const entries =
    source.kind === 'archive'
      ? archiveEntries(source, context, announce)
      : fileEntries(source, context, limits, announce);
  for await (const entry of entries) {
    if (source.kind === 'archive') limits.admit(entry.path.join('/'), entry.size);
    yield entry;
  }
}

async function* archiveEntries(
  { file, root }: ArchiveSource,
  context: TransferContext,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Entry, void, undefined> {
  const incoming = await receive(file, context);
  announce(incoming.totalBytes);
  try {
    for await (const entry of readArchive(incoming.chunks, file.name)) {
      const path = root === undefined ? entry.path : withoutRoot(entry, root);
      if (path.length > 0) yield { ...entry, path };
    }
  } finally {
    incoming.close();
  }
}

/** Removes the root folder from the path. A file that is the whole result keeps its name. */
function withoutRoot({ kind, path }: Entry, root: string): readonly string[] {
  if (path[0] !== root) throw unsafeEntry(path.join('/'), `is not in the folder ${root}`);
  return kind === 'file' && path.length === 1 ? path : path.slice(1);
}

async function* fileEntries(
  source: FilesSource,
  context: TransferContext,
  limits: LimitCounter,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Entry, void, undefined> {
  const files = [];
  let totalBytes = 0;
  // Listed completely first, so that exceeded limits are reported before anything is fetched.
  for await (const { name, file } of source.list()) {
    const path = entryPath(name);
    if (path.length === 0) throw unsafeEntry(name, 'is a file without a name');
    limits.admit(name, file.size);
    totalBytes += file.size;
    files.push({ path, file });
  }
  announce(totalBytes);
  for (const { path, file } of files) {
    let incoming: Incoming | undefined;
    const content = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      incoming = await receive(file, context);
      yield* incoming.chunks;
    };
    try {
      yield { kind: 'file', path, size: file.size, mode: undefined, content: content() };
    } finally {
      incoming?.close();
    }
  }
}

/** Reads the archive of a result without extracting it. */
export async function* archiveOf(
  { file }: ArchiveSource,
  context: TransferContext,
  limits: LimitCounter,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const incoming = await receive(file, context);
  announce(incoming.totalBytes);
  let isEmpty = true;
  try {
    for await (const chunk of incoming.chunks) {
      isEmpty = false;
      limits.addBytes(file.name, chunk.length);
      yield chunk;
    }
  } finally {
    incoming.close();
  }
  if (isEmpty)
    throw new DownloadError(`The archive with ${file.name} is empty. Download it again.`, { reason: 'damaged' });
}
