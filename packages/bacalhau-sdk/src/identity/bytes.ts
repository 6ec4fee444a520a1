import { UnsupportedRuntimeError } from '../errors/index.js';

/** Bytes that WebCrypto takes: not those of memory that is shared between threads. */
export type Bytes = Uint8Array<ArrayBuffer>;

type WebCrypto = typeof globalThis.crypto.subtle;

/** WebCrypto: in Node, workers, Deno and Bun always; in browsers on secure pages only. */
export function subtle(): WebCrypto {
  const available: WebCrypto | undefined = globalThis.crypto?.subtle;
  if (available === undefined) {
    throw new UnsupportedRuntimeError(
      'This page has no WebCrypto, because it was not loaded over https. Serve it over https, or from localhost.',
    );
  }
  return available;
}

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle().digest('SHA-256', data));
}

export const hex = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** In pieces, because a call takes only so many arguments. */
export function base64(data: Uint8Array): string {
  const PIECE = 0x8000;
  let text = '';
  for (let start = 0; start < data.length; start += PIECE) {
    text += String.fromCharCode(...data.subarray(start, start + PIECE));
  }
  return btoa(text);
}

/** Also of the URL-safe alphabet, with or without padding. Undefined if it is no base64. */
export function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export const startsWith = (data: Uint8Array, prefix: Uint8Array): boolean =>
  data.length >= prefix.length && prefix.every((byte, index) => data[index] === byte);
