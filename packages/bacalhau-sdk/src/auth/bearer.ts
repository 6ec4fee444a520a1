import { ConfigurationError } from '../errors/index.js';
import { Secret } from '../redaction/index.js';

/** A token, or a function that gets one: asked once, and again when the server refuses what it gave. */
export type TokenSource = string | (() => string | Promise<string>);

/** Servers know the word `Bearer` in this spelling only. */
export function bearerHeader(token: string, name: string): Secret {
  // What cannot be in a header would break the request, and is usually a line break from a file.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      `${name} is empty, or holds spaces, line breaks or other characters that no token has.`,
    );
  }
  return new Secret(`Bearer ${token}`);
}
