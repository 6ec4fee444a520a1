import { Readable } from 'node:stream';
import type { RequestBody } from '../platform.js';

/** Deno and Bun may hold what is written for longer than Node.js, which asks for more when it is sent. */
const isNode = process.versions['deno'] === undefined && process.versions['bun'] === undefined;

/** Makes a body that is read as it is sent: while a chunk is sent, the next one is read. */
export async function requestBody(chunks: AsyncIterable<Uint8Array>): Promise<RequestBody> {
  const body = Readable.from(isNode ? chunks : copied(chunks), { objectMode: false, highWaterMark: 0 });
  // What fails is reported by the request, and by who reads.
  body.on('error', () => undefined);
  return { body, isStream: true, close: () => void body.destroy() };
}

async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield new Uint8Array(chunk);
}
