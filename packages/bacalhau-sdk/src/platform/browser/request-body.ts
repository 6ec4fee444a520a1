import type { RequestBody } from '../platform.js';

/** Makes a body of what was read: most browsers send no stream. */
export async function requestBody(chunks: AsyncIterable<Uint8Array>): Promise<RequestBody> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk));
  return { body: new Blob(parts), isStream: false, close: () => undefined };
}
