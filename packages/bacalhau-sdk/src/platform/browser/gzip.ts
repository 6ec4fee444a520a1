import { type Bytes, feed, readAll } from '../../util/index.js';

/** Decompresses gzip as it arrives. */
export const gunzip = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> =>
  transform(chunks, new DecompressionStream('gzip'));

/** Compresses as it arrives. */
export const gzip = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> =>
  transform(chunks, new CompressionStream('gzip'));

async function* transform(
  chunks: AsyncIterable<Uint8Array>,
  { writable, readable }: { readonly writable: WritableStream<Bytes>; readonly readable: ReadableStream<Uint8Array> },
): AsyncGenerator<Uint8Array, void, undefined> {
  const feeding = feed(chunks, writable.getWriter());
  feeding.catch(() => undefined); // reported below
  yield* readAll(readable);
  await feeding;
}
