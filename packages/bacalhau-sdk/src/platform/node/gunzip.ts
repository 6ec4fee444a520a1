import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Larger chunks are faster, but leave more memory to be collected. */
const CHUNK_SIZE = 48 * 1024;

/** Decompresses gzip as it arrives. Faster than `DecompressionStream`, and its errors say what is wrong. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const decompressor = createGunzip({ chunkSize: CHUNK_SIZE });
  const feeding = pipeline(chunks, decompressor);
  feeding.catch(() => undefined); // reported through the stream
  try {
    yield* decompressor;
    await feeding;
  } finally {
    decompressor.destroy();
  }
}
