import { hex } from './encoding.js';

/** Random bytes are drawn in bulk, because a request for a few takes as long as one for many. */
const POOL_BYTES = 1_024;
let pool = new Uint8Array(0);
let used = 0;

/** Returns the given number of random bytes in hexadecimal. */
export function randomHex(bytes: number): string {
  // Not `randomUUID`, which browsers offer on secure pages only.
  if (used + bytes > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(Math.max(POOL_BYTES, bytes)));
    used = 0;
  }
  used += bytes;
  return hex(pool.subarray(used - bytes, used));
}
