import { createTarDecoder } from 'modern-tar';
import { platform } from '#platform';
import { BacalhauError, DownloadError } from '../errors/index.js';
import { concatBytes, feed, messageOf } from '../util/index.js';
import { entryPath, unsafeEntry } from './entry-path.js';

/** An entry of a result: a directory, or a file whose content must be read before the next entry is requested. */
export interface Entry {
  readonly kind: 'file' | 'directory';
  /** Checked: it does not leave the directory. */
  readonly path: readonly string[];
  readonly size: number;
  readonly mode: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** How many bytes tell what the content is: TAR's magic number is in the first block. */
const HEAD_BYTES = 512;

/**
 * Reads a TAR, gzipped or not, as it arrives. An archive that ends early or has a bad checksum fails where that shows: do
 * not rely on an entry before the end of the archive has been reached.
 *
 * @throws {DownloadError} with reason `damaged` or `unsafe-entry`.
 */
export async function* readArchive(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Entry, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const packed = await peek(iterator);
    const isGzip = packed.head[0] === 0x1f && packed.head[1] === 0x8b;
    if (!isGzip) {
      yield* readTar(packed, name);
      return;
    }
    const unpacked = platform.gunzip(packed.chunks)[Symbol.asyncIterator]();
    try {
      yield* readTar(await peek(unpacked), name);
    } finally {
      await unpacked.return?.();
    }
  } catch (error) {
    throw toDamaged(name, error);
  } finally {
    await iterator.return?.();
  }
}

async function* readTar({ head, chunks }: Peeked, name: string): AsyncGenerator<Entry, void, undefined> {
  if (head.length === 0) throw damaged(name, 'it is empty');
  if (!isTar(head)) throw damaged(name, 'it is not a TAR');
  const decoder = createTarDecoder({ strict: true });
  const feeding = feed(chunks, decoder.writable.getWriter());
  feeding.catch(() => undefined); // reported below, through the entries
  const entries = decoder.readable.getReader();
  try {
    for (;;) {
      const { done, value: entry } = await entries.read();
      if (done) break;
      const { header } = entry;
      const path = entryPath(header.name);
      if (header.type === 'directory') {
        yield { kind: 'directory', path, size: 0, mode: header.mode, content: nothing() };
      } else if (header.type === undefined || header.type === 'file') {
        if (path.length === 0) throw unsafeEntry(header.name, 'is a file without a name');
        const read = readerOf(entry.body, name);
        // Without `return`: the line below reads what a consumer leaves unread.
        const content = { [Symbol.asyncIterator]: () => ({ next: read }) };
        yield { kind: 'file', path, size: header.size, mode: header.mode, content };
        // Not by cancelling the body: modern-tar 0.8.6 may have begun the next entry and would drop its content.
        while (!(await read()).done);
      } else {
        throw unsafeEntry(header.name, `is a ${header.type.replace('-', ' ')}`);
      }
    }
    await feeding;
  } finally {
    await entries.cancel().catch(() => undefined);
  }
}

/** Returns a function that reads the content of an entry and reports a damaged archive. */
function readerOf(
  body: ReadableStream<Uint8Array>,
  name: string,
): () => Promise<IteratorResult<Uint8Array, undefined>> {
  const reader = body.getReader();
  return async () => {
    try {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    } catch (error) {
      throw toDamaged(name, error);
    }
  };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/** A stream, and its beginning. */
interface Peeked {
  readonly head: Uint8Array;
  readonly chunks: AsyncIterable<Uint8Array>;
}

async function peek(iterator: AsyncIterator<Uint8Array>): Promise<Peeked> {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  const head = concatBytes(first);
  return { head, chunks: prepend(head, iterator) };
}

async function* prepend(
  head: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.length > 0) yield head;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return;
    yield value;
  }
}

/** Both POSIX's and GNU's format have `ustar` at 257. */
const isTar = (head: Uint8Array): boolean =>
  head.length >= HEAD_BYTES && [0x75, 0x73, 0x74, 0x61, 0x72].every((byte, index) => head[257 + index] === byte);

const damaged = (name: string, problem: string, cause?: unknown): DownloadError =>
  new DownloadError(
    `The archive with ${name} is damaged: ${problem}. Download it again; if that does not help, run the job again.`,
    { reason: 'damaged' },
    cause === undefined ? {} : { cause },
  );

/** Keeps errors of the network and of the caller as they are. */
const toDamaged = (name: string, error: unknown): BacalhauError =>
  error instanceof BacalhauError ? error : damaged(name, messageOf(error).replace(/\.$/, ''), error);
