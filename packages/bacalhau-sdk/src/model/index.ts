export { isDocker, isWasm } from './engine.js';
export { phaseOf } from './execution-phase.js';
export { exitCodeOf } from './exit-code.js';
export { hasEnded } from './job-state.js';
export { DEFAULT_NAMESPACE } from './namespace.js';
export { canPublish, hasPublisher } from './publishing.js';
export { reachableUrl } from './reachable-url.js';
export { isAtLeast, parseRelease, type ServerRelease } from './release.js';
export { isFileName, printable, quoteName } from './server-names.js';
export type {
  IpfsResult,
  ResultBase,
  S3Location,
  S3PreSignedResult,
  S3Result,
  TypedResult,
  UnknownResult,
  UrlResult,
} from './typed-result.js';
