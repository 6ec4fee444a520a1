export { checkNames } from './check-names.js';
export { checkType } from './check-type.js';
export type { Credentials } from './credentials.js';
export type { TlsOptions } from './input.js';
export type { ConfigSource } from './layer.js';
export { type Resolution, type ResolvedConfig, type ResolvedTls, resolveConfig } from './resolve.js';
