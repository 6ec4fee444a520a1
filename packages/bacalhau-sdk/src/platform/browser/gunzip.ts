import { feed } from '../../util/index.js';

/** Decompresses gzip as it arrives. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const decompressor = new DecompressionStream('gzip');
  const feeding = feed(chunks, decompressor.writable.getWriter());
  feeding.catch(() => undefined); // reported below
  const reader = decompressor.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    await feeding;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
