import { DownloadError } from '../errors/index.js';
import { type Entry, readArchive } from './archive.js';
import { entryPath, unsafe } from './entry-path.js';
import type { LimitCounter } from './limit-counter.js';
import { type Incoming, receive } from './remote-file.js';
import type { ArchiveSource, FilesSource, ResultSource } from './sources/source.js';
import type { TransferContext } from './transfer-context.js';

/**
 * The files and directories of one result, one after the other: the content of each is to be read before the next.
 * `announce` is told how many bytes will come, as soon as that is known.
 */
export async function* entriesOf(
  source: ResultSource,
  context: TransferContext,
  meter: LimitCounter,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Entry, void, undefined> {
  const entries =
    source.kind === 'archive' ? unpacked(source, context, announce) : fetched(source, context, meter, announce);
  for await (const entry of entries) {
    if (source.kind === 'archive') meter.admit(entry.path.join('/'), entry.size);
    yield entry;
  }
}

async function* unpacked(
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

/** A file that is the whole result keeps its name. */
function withoutRoot({ kind, path }: Entry, root: string): readonly string[] {
  if (path[0] !== root) throw unsafe(path.join('/'), `is not in the folder ${root}`);
  return kind === 'file' && path.length === 1 ? path : path.slice(1);
}

async function* fetched(
  source: FilesSource,
  context: TransferContext,
  meter: LimitCounter,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Entry, void, undefined> {
  const files = [];
  let totalBytes = 0;
  // Listed as a whole, so that limits are found to be reached before anything is fetched.
  for await (const { name, file } of source.list()) {
    const path = entryPath(name);
    if (path.length === 0) throw unsafe(name, 'is a file without a name');
    meter.admit(name, file.size);
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

/** The archive of a result as it is. */
export async function* archiveOf(
  { file }: ArchiveSource,
  context: TransferContext,
  meter: LimitCounter,
  announce: (totalBytes: number | undefined) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const incoming = await receive(file, context);
  announce(incoming.totalBytes);
  let isEmpty = true;
  try {
    for await (const chunk of incoming.chunks) {
      isEmpty = false;
      meter.take(file.name, chunk.length);
      yield chunk;
    }
  } finally {
    incoming.close();
  }
  if (isEmpty)
    throw new DownloadError(`The archive with ${file.name} is empty. Fetch it again.`, { reason: 'damaged' });
}
