export type { Credentials } from './credentials.js';
export type { Environment } from './environment.js';
export { readFileSettings } from './late.js';
export { profileChoice } from './profile-choice.js';
export { isLoopback, type ProxySetting, proxyFor } from './proxy.js';
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
