import type { AuthMethod } from './method.js';

/** Says nothing. */
export const none = (): AuthMethod => ({
  kind: 'none',
  authorization: async () => undefined,
  renew: async () => false,
  login: async () => undefined,
});
