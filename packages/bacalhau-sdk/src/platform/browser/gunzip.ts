/** Unpacks gzip as it arrives. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const unpacker = new DecompressionStream('gzip');
  const feeding = feed(chunks, unpacker.writable.getWriter());
  feeding.catch(() => undefined); // heard of below
  const reader = unpacker.readable.getReader();
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

async function feed(
  chunks: AsyncIterable<Uint8Array>,
  writer: Pick<WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>, 'write' | 'close' | 'abort'>,
): Promise<void> {
  try {
    // Copied into memory of its own: the types of buffers may be shared between threads, which streams refuse.
    for await (const chunk of chunks) await writer.write(new Uint8Array(chunk));
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}
