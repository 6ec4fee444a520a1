import type { AuthMethod } from './method.js';

/** Sends no credentials. */
export const none = (): AuthMethod => ({
  kind: 'none',
  authorization: async () => undefined,
  renew: async () => false,
  login: async () => undefined,
});
