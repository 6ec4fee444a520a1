export type { Credentials } from './credentials.js';
export type { EnvironmentVariables } from './environment.js';
export { machine } from './late.js';
export { isLoopback } from './loopback.js';
export { profileChoice } from './profile-choice.js';
export {
  type ConfigSource,
  type Resolution,
  type ResolvedConfig,
  type ResolvedTls,
  resolveConfig,
  type TlsOptions,
} from './resolve.js';
