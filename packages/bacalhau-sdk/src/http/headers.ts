import { ConfigurationError } from '../errors/index.js';
import { isRecord } from '../util/index.js';

/** Names and values, a plain object. */
export type Headers = Readonly<Record<string, string>>;

/** Names of headers whose values are secret. */
export const SECRET_NAME = /auth|cookie|token|secret|password|credential|api-?key|signature/i;

export const hasAuthorization = (headers: Headers): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

/** Flattens what axios has: values may be arrays (`set-cookie`), numbers or absent. */
export function plainHeaders(headers: object): Headers {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null || typeof value === 'function') continue;
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return plain;
}

/** Refuses what would break the request, without quoting the value: it may be a secret. */
export function checkHeaders(headers: Headers | undefined): Headers {
  // Instances of Headers and Map, and arrays, have no entries here: what they hold would be left out without a word.
  if (headers !== undefined && (!isRecord(headers) || typeof headers['entries'] === 'function')) {
    throw new ConfigurationError('The option headers is no plain object. Give Object.fromEntries(headers) of others.');
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) {
      throw new ConfigurationError(`${JSON.stringify(name)} is no header name (RFC 9110, 5.1).`);
    }
    if (typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new ConfigurationError(
        `The value of the header ${name} is no text, or holds a line break or a character beyond Latin-1.`,
      );
    }
  }
  return headers ?? {};
}
