/**
 * The jobs of Bacalhau networks of before 1.4.
 *
 * @module bacalhau-sdk/legacy
 */

export type {
  ApiKeyAuth,
  AskAuth,
  AuthOptions,
  BasicAuth,
  ChallengeAuth,
  ChallengeOptions,
  DeviceAuth,
  DevicePrompt,
  LoginQuestion,
  PromptCallback,
  ShowDevicePrompt,
  TokenAuth,
  TokenSource,
} from '../auth/index.js';
export type { TlsOptions } from '../config/index.js';
export { ApiError, type ApiErrorDetails, BacalhauError, type ErrorCause } from '../errors/index.js';
export type {
  ApiPromise,
  ApiResponse,
  CallOptions,
  ClientOptions,
  RequestEvent,
  ResponseEvent,
  ResponseInfo,
  RetryEvent,
} from '../http/index.js';
export type { Identity, PublicKey, RsaIdentity, SignatureAlgorithm, Signer } from '../keys/index.js';
export type { Logger, LogLevel } from '../logging/index.js';
export type { EnvironmentVariables, HttpAgent } from '../platform/index.js';
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
