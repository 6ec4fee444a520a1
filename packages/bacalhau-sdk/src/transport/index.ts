export { type ApiPromise, apiPromise, type Reply, type ResponseInfo } from './api-promise.js';
export { connect, derive } from './connect.js';
export type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';
export type { Headers } from './headers.js';
export type { CallOptions, ClientOptions, NamespacedCallOptions } from './options.js';
export { type Operation, Transport } from './transport.js';
