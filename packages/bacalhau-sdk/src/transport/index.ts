export { Caller, defined, itemsPage } from './caller.js';
export { connect, derive } from './connect.js';
export { sleep } from './deadline.js';
export type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';
export type { Headers } from './headers.js';
export type { CallOptions, ClientOptions, NamespacedCallOptions } from './options.js';
export { randomHex } from './random.js';
export { type Operation, Transport } from './transport.js';
export { isAtLeast, type Release } from './version.js';
