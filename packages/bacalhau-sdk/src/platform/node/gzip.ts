import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Larger chunks are faster, but leave more memory to be collected. */
const CHUNK_SIZE = 48 * 1024;

/** Decompresses gzip as it arrives. Faster than `DecompressionStream`, and its errors say what is wrong. */
export const gunzip = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> =>
  transform(chunks, createGunzip({ chunkSize: CHUNK_SIZE }));

/** Compresses as much as gzip can: what is compressed is sent with a job, whose size is limited. */
export const gzip = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> =>
  transform(chunks, createGzip({ level: 9 }));

async function* transform(
  chunks: AsyncIterable<Uint8Array>,
  stream: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const feeding = pipeline(chunks, stream);
  feeding.catch(() => undefined); // reported through the stream
  try {
    yield* stream;
    await feeding;
  } finally {
    stream.destroy();
  }
}
