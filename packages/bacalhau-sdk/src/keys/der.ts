import type { Bytes } from '../util/index.js';
import { concat } from './web-crypto.js';

// The part of DER (X.690) that writing keys needs. Reading is left to the runtime's WebCrypto.

const element = (tag: number, content: Uint8Array): Bytes =>
  concat(Uint8Array.of(tag, ...lengthOf(content.length)), content);

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let remaining = length; remaining > 0; remaining = Math.floor(remaining / 256)) bytes.unshift(remaining % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...elements: readonly Uint8Array[]): Bytes => element(0x30, concat(...elements));
export const octetString = (content: Uint8Array): Bytes => element(0x04, content);
export const bitString = (content: Uint8Array): Bytes => element(0x03, concat(Uint8Array.of(0), content));

/** Encodes a non-negative integer, given as big-endian bytes. A leading bit that is set would make it negative. */
export function integer(magnitude: Uint8Array): Bytes {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : magnitude.subarray(first);
  return element(0x02, (digits[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), digits) : digits);
}

/** `AlgorithmIdentifier` of rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017, A.1). */
export const RSA_ENCRYPTION: Bytes = Uint8Array.of(
  ...[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00],
);
