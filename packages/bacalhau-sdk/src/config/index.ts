export type { Credentials } from './credentials.js';
export type { Environment } from './environment.js';
export { machine } from './late.js';
export { isLoopback } from './loopback.js';
export { profileChoice } from './profile-choice.js';
export {
  type ConfigInput,
  type Resolution,
  type ResolvedConfig,
  type ResolvedTls,
  resolveConfig,
  type Source,
  type TlsOptions,
} from './resolve.js';
export { Secret } from './secret.js';
