import { Readable } from 'node:stream';
import type { RequestBody } from '../platform.js';

/** Makes a body that is read as it is sent. */
export async function requestBody(chunks: AsyncIterable<Uint8Array>): Promise<RequestBody> {
  const body = Readable.from(chunks, { objectMode: false });
  // What fails is reported by the request, and by who reads.
  body.on('error', () => undefined);
  return { body, isStream: true, close: () => void body.destroy() };
}
