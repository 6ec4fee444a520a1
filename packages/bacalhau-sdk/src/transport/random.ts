import { hex } from '../identity/index.js';

/** As many random bytes, in hexadecimal. Not `randomUUID`, which browsers offer on secure pages only. */
export function randomHex(bytes: number): string {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)));
}
