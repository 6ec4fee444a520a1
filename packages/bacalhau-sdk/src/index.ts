/**
 * Run jobs on Bacalhau from TypeScript and JavaScript.
 *
 * @module bacalhau-sdk
 */

export * from './agent/index.js';
export type {
  ApiKeyAuth,
  AskAuth,
  AuthKind,
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
} from './auth/index.js';
export type {
  FollowHistoryOptions,
  GetJobOptions,
  JobExecutionsOptions,
  JobHistoryOptions,
  ListJobsOptions,
  RerunOptions,
} from './calls/index.js';
export { Bacalhau } from './client/index.js';
export type { ConfigSource, ResolvedConfig, ResolvedTls, TlsOptions } from './config/index.js';
export * from './errors/index.js';
export type {
  ApiPromise,
  ApiResponse,
  CallOptions,
  ClientOptions,
  NamespacedCallOptions,
  Page,
  PagePromise,
  RequestEvent,
  ResponseEvent,
  ResponseInfo,
  RetryEvent,
} from './http/index.js';
export { JobHandle, type StopOutcome, SubmittedJob } from './job/index.js';
export { loadJob, parseJob } from './job-files/index.js';
export { Jobs } from './jobs/index.js';
export {
  Ed25519Identity,
  type Identity,
  importPublicKey,
  type PublicKey,
  RsaIdentity,
  type SignatureAlgorithm,
  type Signer,
} from './keys/index.js';
export type { Logger, LogLevel } from './logging/index.js';
export type { FollowLogsOptions, LogEntry, LogReconnect } from './logs/index.js';
export type { ServerRelease } from './model/index.js';
export { type ListNodesOptions, Nodes } from './nodes/index.js';
export { type ExecutionOutput, JobExitError, type RunOptions, type RunResult } from './outcome/index.js';
export type { EnvironmentVariables, HttpAgent } from './platform/index.js';
export {
  type DownloadedFile,
  type DownloadedResult,
  type DownloadOptions,
  type DownloadProgress,
  type DownloadSummary,
  type IpfsOptions,
  type IpfsResult,
  type ListResultsOptions,
  type ResultAccess,
  type ResultBase,
  type ResultFile,
  type ResultLimits,
  type S3Credentials,
  type S3Location,
  type S3Options,
  type S3PreSignedResult,
  type S3Result,
  type TransferOptions,
  type TypedResult,
  typedResults,
  type UnknownResult,
  type UrlResult,
} from './results/index.js';
export type { MapItem, MapOptions } from './runs/index.js';
export {
  type HeadersLike,
  MemoryReplayCache,
  type ReplayCache,
  type RequestParts,
  SignatureError,
  type SignatureProblem,
  type SignedRequest,
  signRequest,
  type VerifiedRequest,
  type VerifyOptions,
  verifyRequest,
} from './signatures/index.js';
export {
  type BuiltJob,
  type DockerSettings,
  docker,
  type InlineInput,
  type IpfsInput,
  inputs,
  type JobBuildContext,
  type JobBuilder,
  type JobInput,
  type JobSettings,
  type JobSpec,
  type LocalInput,
  publishers,
  type ResourceSettings,
  type S3Input,
  type S3Publisher,
  type TimeoutSettings,
  type UrlInput,
  type WasmSettings,
  wasm,
} from './spec/index.js';
export type { OnExisting, SubmissionDetails, SubmitOptions } from './submission/index.js';
export { VERSION } from './version.js';
export type { WaitOptions } from './waiting/index.js';
export * from './wire-types.js';
