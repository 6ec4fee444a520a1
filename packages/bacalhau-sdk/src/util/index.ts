export { LONGEST_TIMER_MS, raceAbort, sleep } from './abort.js';
export { DeferredIterator } from './deferred-iterator.js';
export { type Bytes, base64, concatBytes, fromBase64, hex, utf8 } from './encoding.js';
export { messageOf } from './error-message.js';
export { load } from './load.js';
export { defined, isRecord, stringEntries } from './objects.js';
export { pauseMs } from './pace.js';
export { randomHex } from './random.js';
export { feed } from './streams.js';
