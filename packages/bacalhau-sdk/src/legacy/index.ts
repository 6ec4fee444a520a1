/**
 * The client for jobs on Bacalhau networks before 1.4.
 *
 * @module bacalhau-sdk/legacy
 */

// The wire types that this entry point mentions, so that applications need not import bacalhau-apiclient for them.
export {
  type BuildVersionInfo,
  type CancelPayload,
  type CancelRequest,
  type Deal,
  type DockerSpec,
  Engine,
  type ErrorBody,
  type EventFilters,
  type EventsRequest,
  type EventsResponse,
  type Execution,
  type ExecutionPlan,
  type ExecutionStateChange,
  ExecutionStateType,
  type Job,
  type JobCreatePayload,
  type JobData,
  type JobEvent,
  JobEventName,
  type JobHistory,
  JobHistoryType,
  type JobIdRequest,
  type JobRequester,
  type JobState,
  type JobStateChange,
  JobStateType,
  type JobStatus,
  type JobWithState,
  type LabelRequirement,
  type LanguageSpec,
  type ListedEvent,
  type ListedJob,
  type ListRequest,
  type ListResponse,
  type LocalEvent,
  LocalEventName,
  type LocalEventsResponse,
  type Metadata,
  type NetworkConfig,
  NetworkType,
  type NodeState,
  type PublishedResult,
  Publisher,
  type PublisherSpec,
  type ResourceUsage,
  type ResultsResponse,
  type RunOutput,
  type ShardingConfig,
  type ShardState,
  ShardStateType,
  type ShardSummary,
  SortBy,
  type Spec,
  type StatesResponse,
  StorageSource,
  type StorageSpec,
  type SubmitRequest,
  type SubmitResponse,
  type VerificationResult,
  Verifier,
  type VersionRequest,
  type VersionResponse,
  type WasmSpec,
} from 'bacalhau-apiclient/legacy';
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
