/** Bytes that WebCrypto accepts: not in memory that threads share. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(data: Uint8Array): string {
  let text = '';
  for (const byte of data) text += HEX[byte];
  return text;
}

export function base64(data: Uint8Array): string {
  // In pieces, because a function takes a limited number of arguments.
  const PIECE = 0x8000;
  let text = '';
  for (let start = 0; start < data.length; start += PIECE) {
    text += String.fromCharCode(...data.subarray(start, start + PIECE));
  }
  return btoa(text);
}

/** Decodes base64, also in the URL-safe alphabet and without padding. Returns undefined for anything else. */
export function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Joins chunks to one array. */
export function concatBytes(chunks: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(chunks.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
