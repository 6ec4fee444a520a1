import { ConfigurationError } from '../errors/index.js';
import { Secret } from '../redaction/index.js';
import { base64, utf8 } from '../util/index.js';
import type { AuthMethod } from './method.js';

/** Sends a user name and password (RFC 7617), for servers with users, 1.7 and later. */
export function basic(username: string, password: Secret): AuthMethod {
  if (username === '' || username.includes(':')) {
    throw new ConfigurationError(
      'auth.username is empty or contains a colon, which HTTP Basic authentication does not allow (RFC 7617).',
    );
  }
  if (password.reveal() === '') throw new ConfigurationError('auth.password is empty. Set it.');
  const header = new Secret(`Basic ${base64(utf8(`${username}:${password.reveal()}`))}`);
  // The same header would be sent again, so a refusal is final.
  return { kind: 'basic', authorization: async () => header, renew: async () => false, login: async () => undefined };
}
