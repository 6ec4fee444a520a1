export { BuiltJob } from './built-job.js';
export { canonicalJob } from './canonical-job.js';
export { checkJob, JOB_CHECK_OPTIONS, type JobCheckOptions, LARGEST_JOB, validateJob } from './check-job.js';
export { compareJobs } from './compare-jobs.js';
export { completeAtSubmission } from './completion.js';
export type { DockerParams, EngineSpec, WasmModuleSource, WasmParams } from './engine.js';
export { fingerprintOf, hashOf, withFingerprint } from './fingerprint.js';
export { SET_BY_SERVERS } from './job-description.js';
export { isOwnJob, type JobIdentity } from './job-identity.js';
export type { JobInput, TaskInput, TaskInputSource } from './job-input.js';
export { hasOldVariableNames } from './job-rules.js';
export { type ClientBuildContext, hasClient, type JobBuildContext, type JobBuilder, type JobSpec } from './job-spec.js';
export { atItsPath, type ContentServer, type LocalContent, serversOf, withLocalContent } from './local-content.js';
export { FINGERPRINT, MAP_LABEL, NAME_LABEL, SUBMISSION } from './metadata-keys.js';
export type { KnownSpec, OtherSpec, SpecWithoutParams } from './open-spec.js';
export type { PublisherSpec, S3PublisherParams } from './publisher.js';
export { quote } from './quote.js';
export { readFile } from './read-file.js';
export type {
  IpfsSourceParams,
  LocalSourceParams,
  S3Partition,
  S3SourceParams,
  SourceSpec,
  UrlSourceParams,
} from './source.js';
export { toJobInput } from './to-job-input.js';
