/**
 * Run jobs on Bacalhau from TypeScript and JavaScript.
 *
 * @packageDocumentation
 */

export * from './agent/index.js';
export type { ApiPromise, Page, PagePromise, Reply, ResponseInfo } from './answers/index.js';
export { Bacalhau } from './client/index.js';
export type { Environment } from './config/index.js';
export * from './errors/index.js';
export type { Identity } from './identity/index.js';
export {
  type GetJobOptions,
  type JobExecutionsOptions,
  type JobHistoryOptions,
  Jobs,
  type ListJobsOptions,
} from './jobs/index.js';
export type { Logger, LogLevel } from './logging/index.js';
export { type ListNodesOptions, Nodes } from './nodes/index.js';
export type { HttpAgent } from './platform/platform.js';
export type {
  CallOptions,
  ClientOptions,
  Headers,
  NamespacedCallOptions,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
} from './transport/index.js';
export { VERSION } from './version.js';
export * from './wire-types.js';
