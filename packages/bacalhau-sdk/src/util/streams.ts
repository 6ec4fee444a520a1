import type { Bytes } from './encoding.js';

/** Writes chunks into a web stream as fast as it accepts them, and closes it; a failure of the source aborts it. */
export async function feed(
  chunks: AsyncIterable<Uint8Array>,
  writer: Pick<WritableStreamDefaultWriter<Bytes>, 'write' | 'close' | 'abort'>,
): Promise<void> {
  try {
    // Copied into memory of its own: by their type buffers may be shared between threads, which streams refuse.
    for await (const chunk of chunks) await writer.write(isOwn(chunk) ? chunk : new Uint8Array(chunk));
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

const isOwn = (chunk: Uint8Array): chunk is Bytes => chunk.buffer instanceof ArrayBuffer;

/** Reads a web stream to its end, and cancels it if the reader stops before. Safari cannot iterate over streams. */
export async function* readAll(stream: {
  getReader(): Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;
}): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
