import { platform } from '#platform';
import { BacalhauError, DownloadError } from '../errors/index.js';
import { feed } from '../util/index.js';
import { entryPath, unsafe } from './entry-path.js';

/** An entry of a result: a directory, or a file whose content is to be read before the next entry is asked for. */
export interface Entry {
  readonly kind: 'file' | 'directory';
  /** Checked: nothing in it leads out. */
  readonly path: readonly string[];
  readonly size: number;
  readonly mode: number | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What the first bytes have to be enough for: the place of the magic word of TAR. */
const HEAD = 512;

/**
 * Reads a TAR, gzipped or not, as it arrives. What ends early, has a bad checksum or is no archive is an error at the
 * place where it shows: do not rely on an entry before the end of the archive has been reached.
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
    const unpacked = platform.gunzip(packed.all)[Symbol.asyncIterator]();
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

async function* readTar({ head, all }: Peeked, name: string): AsyncGenerator<Entry, void, undefined> {
  if (head.length === 0) throw damaged(name, 'it is empty');
  if (!isTar(head)) throw damaged(name, 'it is no TAR');
  // Loaded when it is first needed: most programs that use this package download nothing.
  const { createTarDecoder } = await import('modern-tar');
  const decoder = createTarDecoder({ strict: true });
  const feeding = feed(all, decoder.writable.getWriter());
  feeding.catch(() => undefined); // heard of below, through the entries
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
        if (path.length === 0) throw unsafe(header.name, 'is a file without a name');
        const read = readerOf(entry.body, name);
        // Nothing to end it with: whoever stops in the middle leaves the rest to the line below.
        const content = { [Symbol.asyncIterator]: () => ({ next: read }) };
        yield { kind: 'file', path, size: header.size, mode: header.mode, content };
        // The next entry comes only after it. Not by cancelling the body: modern-tar 0.8.6 may have begun the next one
        // already, and would drop that one's content.
        while (!(await read()).done);
      } else {
        throw unsafe(header.name, `is a ${header.type.replace('-', ' ')}`);
      }
    }
    await feeding;
  } finally {
    await entries.cancel().catch(() => undefined);
  }
}

/** Reads the content of an entry, and says what is wrong with the archive where that shows. */
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

/** The beginning of a stream, and all of it. */
interface Peeked {
  readonly head: Uint8Array;
  readonly all: AsyncIterable<Uint8Array>;
}

async function peek(iterator: AsyncIterator<Uint8Array>): Promise<Peeked> {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD) {
    const { done, value } = await iterator.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  const head = new Uint8Array(length);
  let offset = 0;
  for (const chunk of first) {
    head.set(chunk, offset);
    offset += chunk.length;
  }
  return { head, all: continued(head, iterator) };
}

async function* continued(
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

/** `ustar` at 257, in POSIX's and in GNU's kind of TAR. */
const isTar = (head: Uint8Array): boolean =>
  head.length >= HEAD && [0x75, 0x73, 0x74, 0x61, 0x72].every((byte, index) => head[257 + index] === byte);

const damaged = (name: string, problem: string, cause?: unknown): DownloadError =>
  new DownloadError(
    `The archive with ${name} is damaged: ${problem}. Fetch it again; if that does not help, run the job again.`,
    { reason: 'damaged' },
    cause === undefined ? {} : { cause },
  );

/** What the network or the caller is to blame for stays what it is. */
const toDamaged = (name: string, error: unknown): BacalhauError =>
  error instanceof BacalhauError ? error : damaged(name, messageOf(error), error);

/** Not by `instanceof`: in jest, errors of Node's own modules come from another realm. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message).replace(/\.$/, '')
    : String(error);
