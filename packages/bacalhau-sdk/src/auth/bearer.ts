import { ConfigurationError } from '../errors/index.js';
import { Secret } from '../redaction/index.js';

/** Returns the header for a bearer token. Servers accept the word `Bearer` in this spelling only. */
export function bearerHeader(token: string, name: string): Secret {
  // Usually a line break from a file, which would break the request.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      `${name} is empty, or contains spaces, line breaks or other characters that a token cannot have.`,
    );
  }
  return new Secret(`Bearer ${token}`);
}
