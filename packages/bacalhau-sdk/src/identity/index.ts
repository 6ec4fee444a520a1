export type { Identity } from '../platform/platform.js';
export { IdentityStore } from './identity-store.js';
