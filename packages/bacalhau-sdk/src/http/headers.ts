import { ConfigurationError } from '../errors/index.js';
import { isRecord } from '../util/index.js';

/** Header values by name. */
export type Headers = Readonly<Record<string, string>>;

export const hasAuthorization = (headers: Headers): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

/** Flattens the headers of axios, whose values may be arrays (`set-cookie`), numbers or absent. */
export function plainHeaders(headers: object): Headers {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || value === null || typeof value === 'function') continue;
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return plain;
}

/**
 * Refuses headers that would break the request.
 *
 * @throws {ConfigurationError} which does not quote the value, because it may be a secret.
 */
export function checkHeaders(headers: Headers | undefined): Headers {
  // Instances of Headers and Map, and arrays, have no entries of their own: their content would be left out silently.
  if (headers !== undefined && (!isRecord(headers) || typeof headers['entries'] === 'function')) {
    throw new ConfigurationError('The option headers must be a plain object. Pass Object.fromEntries(headers).');
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) {
      throw new ConfigurationError(
        `${JSON.stringify(name)} is not a valid header name. Use letters, digits and hyphens (RFC 9110, 5.1).`,
      );
    }
    if (typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new ConfigurationError(
        `The value of the header ${JSON.stringify(name)} must be a string without line breaks and without characters beyond Latin-1.`,
      );
    }
  }
  return headers ?? {};
}
