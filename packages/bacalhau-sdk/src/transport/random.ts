/** As many random bytes, in hexadecimal. Not `randomUUID`, which browsers offer on secure pages only. */
export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}
