import { Inflate } from 'pako';

/** zlib's number for the largest window, and for a gzip header to be required. */
const GZIP_WINDOW_BITS = 15 + 16;
/** Deflate's limit is 1 to 1032: this much compressed is at most 4 MB at a time. */
const INPUT_BYTES = 4 * 1024;

/** Decompresses gzip as it arrives, where there is no `DecompressionStream`. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = new Inflate({ windowBits: GZIP_WINDOW_BITS });
  let ready: Uint8Array[] = [];
  inflate.onData = (chunk) => void ready.push(chunk);
  // `Inflate` joins its chunks here.
  inflate.onEnd = () => undefined;
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length && !inflate.ended; offset += INPUT_BYTES) {
      inflate.push(chunk.subarray(offset, offset + INPUT_BYTES));
      if (inflate.err !== 0) throw new Error(inflate.msg || `zlib error ${inflate.err}`);
      yield* ready;
      ready = [];
    }
  }
  if (!inflate.ended) throw new Error('unexpected end of file');
}
