import { platform } from '#platform';
import { BacalhauError, DownloadError } from '../errors/index.js';
import { messageOf } from '../util/index.js';
import { ByteReader, TruncatedError } from './byte-reader.js';
import { entryPath, unsafeEntry } from './entry-path.js';
import { hasMagic, paddingOf, readHeaders } from './tar.js';
import type { UnsafeEntryKind } from './types.js';

/** An entry of a result: a directory, or a file whose content must be read before the next entry is requested. */
export interface Entry {
  readonly kind: 'file' | 'directory' | UnsafeEntryKind;
  /** Checked: it does not leave the directory. */
  readonly path: readonly string[];
  readonly size: number;
  readonly mode: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What watches over an archive while it is unpacked. */
export interface ArchiveGuard {
  /** Called for every header with the bytes that follow it; throws if they are too many. */
  admit(name: string, size: number): void;
  /** Called for every unpacked chunk: little that arrives may become much work. */
  throwIfAborted(): void;
}

/** How many bytes tell what the content is: TAR's magic number is in the first block. */
const HEAD_BYTES = 512;
/** How much of a content is handed on at once. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a TAR, gzipped or not, as it arrives. An archive that ends early or has a bad checksum fails where that shows: do
 * not rely on an entry before the end of the archive has been reached.
 *
 * @throws {DownloadError} with reason `damaged`, `unsafe-entry` or `unsupported`.
 */
export async function* readArchive(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  guard: ArchiveGuard,
): AsyncGenerator<Entry, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const packed = new ByteReader(iterator);
    const head = await packed.peek(HEAD_BYTES);
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    if (!isGzip) {
      yield* readTar(packed, name, guard);
      return;
    }
    const unpacked = guarded(platform.gunzip(packed.remaining()), guard);
    try {
      yield* readTar(new ByteReader(unpacked), name, guard);
    } finally {
      await unpacked.return();
    }
  } catch (error) {
    throw toDamaged(name, error);
  } finally {
    await iterator.return?.();
  }
}

async function* guarded(
  chunks: AsyncIterable<Uint8Array>,
  guard: ArchiveGuard,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    guard.throwIfAborted();
    yield chunk;
  }
}

async function* readTar(bytes: ByteReader, name: string, guard: ArchiveGuard): AsyncGenerator<Entry, void, undefined> {
  const head = await bytes.peek(HEAD_BYTES);
  if (head.length === 0) throw damaged(name, 'it is empty');
  if (!hasMagic(head)) throw damaged(name, 'it is not a TAR');
  const admit = (entry: string, size: number): void => guard.admit(entry, size);
  const reading = { bytes, name, isLeft: false };
  try {
    for await (const { kind, name: entryName, size, mode } of readHeaders(bytes, admit)) {
      const path = entryPath(entryName);
      if (kind === 'file' && path.length === 0) throw unsafeEntry(entryName, 'is a file without a name');
      const read = readerOf(reading, size);
      // Without `return`: the line below reads what a consumer leaves unread.
      const content = { [Symbol.asyncIterator]: () => ({ next: read }) };
      yield { kind, path, size, mode, content };
      while (!(await read()).done);
    }
  } finally {
    reading.isLeft = true;
  }
}

/** An archive that is being read. */
interface Reading {
  readonly bytes: ByteReader;
  readonly name: string;
  /** Whether its loop has ended, so that nothing comes any more. */
  isLeft: boolean;
}

type Chunk = IteratorResult<Uint8Array, undefined>;

/** Returns a function that reads the content of an entry, piece by piece, and its padding. */
function readerOf(reading: Reading, size: number): () => Promise<Chunk> {
  const { bytes, name } = reading;
  let remaining = size;
  let isPadded = false;
  const readNext = async (): Promise<Chunk> => {
    if (reading.isLeft) return { done: true, value: undefined };
    try {
      if (remaining > 0) {
        const value = await bytes.atMost(Math.min(remaining, CHUNK_BYTES));
        if (value === undefined) throw new TruncatedError();
        remaining -= value.length;
        return { done: false, value };
      }
      if (!isPadded) await bytes.exactly(paddingOf(size));
      isPadded = true;
      return { done: true, value: undefined };
    } catch (error) {
      if (reading.isLeft) return { done: true, value: undefined };
      throw toDamaged(name, error);
    }
  };
  // One after the other: a consumer may still be reading when the loop goes on.
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(readNext, readNext);
    last = next;
    return next;
  };
}

const damaged = (name: string, problem: string, cause?: unknown): DownloadError =>
  new DownloadError(
    `The archive with ${name} is damaged: ${problem}. Download it again; if that does not help, run the job again.`,
    { reason: 'damaged' },
    cause === undefined ? {} : { cause },
  );

/** Keeps errors of the network and of the caller as they are. */
const toDamaged = (name: string, error: unknown): BacalhauError =>
  error instanceof BacalhauError ? error : damaged(name, messageOf(error).replace(/\.$/, ''), error);
