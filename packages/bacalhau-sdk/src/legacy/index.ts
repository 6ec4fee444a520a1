/**
 * The jobs of Bacalhau networks of before 1.4.
 *
 * @module bacalhau-sdk/legacy
 */

export type { ApiPromise, ApiResponse, CallOptions, ClientOptions, ResponseInfo } from '../http/index.js';
export {
  type LegacyFailureCause,
  LegacyJobError,
  LegacySignatureError,
  type SignatureProblem,
} from './errors.js';
export { LegacyJobs, legacyJobId } from './legacy-jobs.js';
export type {
  LegacyJob,
  LegacyListOptions,
  LegacyOptions,
  LegacySubmitOptions,
  LegacyWaitOptions,
} from './options.js';
export { type LegacyRun, runsOf } from './runs.js';
export type { PayloadSigner } from './signer.js';
export type { LegacyOutcome } from './wait.js';
export * from './wire-types.js';
