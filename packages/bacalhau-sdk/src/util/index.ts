export { LONGEST_TIMER_MS, raceAbort, sleep } from './abort.js';
export { DeferredIterator } from './deferred-iterator.js';
export { defined } from './defined.js';
export { type Bytes, base64, hex, utf8 } from './encoding.js';
export { fromBase64 } from './from-base64.js';
export { load, NotLoaded, soon } from './load.js';
export { pauseMs } from './pace.js';
export { randomHex } from './random.js';
export { isRecord, stringEntries } from './records.js';
