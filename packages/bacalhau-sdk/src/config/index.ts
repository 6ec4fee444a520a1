export { type ConfigInput, type Environment, type ResolvedConfig, resolveConfig, type Source } from './resolve.js';
