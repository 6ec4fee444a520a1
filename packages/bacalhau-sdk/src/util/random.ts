import { hex } from './encoding.js';

/** Drawn from for a while, because each question for random bytes takes as long for few as for many. */
const POOL_BYTES = 1_024;
let pool = new Uint8Array(0);
let used = 0;

/** As many random bytes, in hexadecimal. Not `randomUUID`, which browsers offer on secure pages only. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(Math.max(POOL_BYTES, bytes)));
    used = 0;
  }
  used += bytes;
  return hex(pool.subarray(used - bytes, used));
}
