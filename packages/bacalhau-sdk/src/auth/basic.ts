import { ConfigurationError } from '../errors/index.js';
import { Secret } from '../redaction/index.js';
import { base64, utf8 } from '../util/index.js';
import type { AuthMethod } from './method.js';

/** User name and password (RFC 7617), for servers with users, 1.7 and later. */
export function basic(username: string, password: Secret): AuthMethod {
  if (typeof username !== 'string' || username === '' || username.includes(':')) {
    throw new ConfigurationError('auth.username is empty or has a colon in it, which HTTP cannot carry (RFC 7617).');
  }
  if (password.reveal() === '') throw new ConfigurationError('auth.password is empty.');
  const header = new Secret(`Basic ${base64(utf8(`${username}:${password.reveal()}`))}`);
  // It stays the same, so a refusal is final.
  return { kind: 'basic', authorization: async () => header, renew: async () => false, login: async () => undefined };
}
