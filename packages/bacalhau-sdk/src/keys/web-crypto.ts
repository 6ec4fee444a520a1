import { UnsupportedRuntimeError } from '../errors/index.js';
import type { Bytes } from '../util/index.js';

type WebCrypto = typeof globalThis.crypto.subtle;

/** Returns WebCrypto, which browsers have on secure pages only, and Node, workers, Deno and Bun always. */
export function subtle(): WebCrypto {
  const available: WebCrypto | undefined = globalThis.crypto?.subtle;
  if (available === undefined) {
    throw new UnsupportedRuntimeError(
      'This page has no WebCrypto, because it was not loaded over https. Serve it over https, or from localhost.',
    );
  }
  return available;
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle().digest('SHA-256', data));
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
