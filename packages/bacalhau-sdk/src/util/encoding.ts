/** Bytes that WebCrypto accepts: not in memory that threads share. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
  // jsdom, in which jest 29 runs the tests of pages, has no TextEncoder.
  if (typeof TextEncoder === 'undefined')
    return percentDecoded(encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd')));
  return new Uint8Array(new TextEncoder().encode(text));
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const percentDecoded = (text: string): Bytes =>
  Uint8Array.from(text.match(/%..|./g) ?? [], (part) =>
    part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16),
  );

/** Decodes UTF-8; what is invalid becomes U+FFFD. */
export function fromUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder !== 'undefined') return new TextDecoder().decode(bytes);
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${HEX[byte]}`).join(''));
  } catch {
    return String.fromCodePoint(...Array.from(bytes, (byte) => (byte < 0x80 ? byte : 0xfffd)));
  }
}

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
