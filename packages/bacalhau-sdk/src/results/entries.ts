import { DownloadError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import { type Entry as ArchiveEntry, readArchive } from './archive.js';
import { entryPath, unsafeEntry } from './entry-path.js';
import type { LimitCounter } from './limit-counter.js';
import { type Incoming, receive } from './remote-file.js';
import type { Selection } from './selection.js';
import type { ArchiveSource, FilesSource, ResultSource } from './sources/source.js';
import { type TransferContext, throwIfAborted } from './transfer-context.js';
import type { SkippedEntry, UnsafeEntryKind } from './types.js';

/** A file or a directory of a result. */
export interface Entry extends ArchiveEntry {
  readonly kind: 'file' | 'directory';
}

/** How the entries of a result are read. */
export interface EntryReading {
  readonly context: TransferContext;
  readonly limits: LimitCounter;
  readonly selection: Pick<Selection, 'hasFolders' | 'has'>;
  readonly onUnsafeEntry: 'skip' | 'refuse' | undefined;
  readonly onSkipped: (entry: Omit<SkippedEntry, 'executionId'>) => void;
  /** Called with the number of bytes to come as soon as that is known. */
  readonly announce: (totalBytes: number | undefined) => void;
}

/** Reads the files and directories of one result, one after the other; the content of each must be read before the next. */
export function entriesOf(source: ResultSource, reading: EntryReading): AsyncGenerator<Entry, void, undefined> {
  return source.kind === 'archive' ? archiveEntries(source, reading) : fileEntries(source, reading);
}

async function* archiveEntries(
  { file, root }: ArchiveSource,
  { context, limits, selection, onUnsafeEntry, onSkipped, announce }: EntryReading,
): AsyncGenerator<Entry, void, undefined> {
  const incoming = await receive(file, context);
  announce(incoming.totalBytes);
  const guard = {
    admit: (name: string, size: number) => limits.admit(name, size),
    throwIfAborted: () => throwIfAborted(context),
  };
  try {
    for await (const entry of readArchive(incoming.chunks, file.name, guard)) {
      const path = root === undefined ? entry.path : withoutRoot(entry, root);
      const { kind } = entry;
      if (kind === 'directory' ? !selection.hasFolders : path.length > 0 && !selection.has(path)) continue;
      if (kind === 'file' || kind === 'directory') {
        if (path.length > 0) yield { ...entry, kind, path };
      } else if (onUnsafeEntry === 'refuse') {
        throw unsafeEntry(entry.path.join('/'), `is a ${NAMES[kind]}`);
      } else {
        onSkipped({ path: path.join('/'), kind });
      }
    }
  } finally {
    incoming.close();
  }
}

const NAMES: Readonly<Record<UnsafeEntryKind, string>> = {
  'symbolic-link': 'symbolic link',
  'hard-link': 'hard link',
  fifo: 'FIFO',
  'character-device': 'device',
  'block-device': 'device',
};

/** Removes the root folder from the path. A file that is the whole result keeps its name. */
function withoutRoot({ kind, path }: ArchiveEntry, root: string): readonly string[] {
  if (path[0] !== root) throw unsafeEntry(path.join('/'), `is not in the folder ${root}`);
  return kind !== 'directory' && path.length === 1 ? path : path.slice(1);
}

async function* fileEntries(
  source: FilesSource,
  { context, limits, selection, announce }: EntryReading,
): AsyncGenerator<Entry, void, undefined> {
  const files = [];
  let totalBytes = 0;
  // Listed completely first, so that exceeded limits are reported before anything is fetched.
  for await (const { name, file } of source.list(limits)) {
    const path = entryPath(name);
    if (path.length === 0) throw unsafeEntry(name, 'is a file without a name');
    if (!selection.has(path)) continue;
    limits.addBytes(name, file.size);
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
  { context, limits, announce }: Pick<EntryReading, 'context' | 'limits' | 'announce'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const incoming = await receive(file, context);
  if (incoming.encoding !== undefined) {
    incoming.close();
    throw new DownloadError(
      `${file.name} came with Content-Encoding ${quoteName(incoming.encoding)}, so it would not be kept as it is stored. Download it without extract: false.`,
      { reason: 'http' },
    );
  }
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
