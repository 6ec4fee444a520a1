import { describeType } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import { isRecord } from '../util/index.js';

/**
 * Checks the types of a request's parts.
 *
 * @throws {InvalidArgumentError} naming the part.
 */
export function checkParts(request: unknown): void {
  if (!isRecord(request)) throw wrongType('request', 'an object with method, url and headers', request);
  const { method, url, headers, scheme } = request;
  if (typeof method !== 'string') throw wrongType('request.method', 'a string such as "GET"', method);
  if (typeof url !== 'string' && !(url instanceof URL)) throw wrongType('request.url', 'a string or a URL', url);
  if (typeof headers !== 'object' || headers === null) throw wrongType('request.headers', 'an object', headers);
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw wrongType('request.scheme', '"http" or "https"', scheme);
  }
}

/**
 * Checks an optional number.
 *
 * @throws {InvalidArgumentError}
 */
export function checkNumber(value: unknown, name: string): void {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0)) return;
  const given = typeof value === 'number' ? String(value) : describeType(value);
  throw new InvalidArgumentError(name, `is ${given}. Pass a number from 0 up.`);
}

export const wrongType = (name: string, expected: string, value: unknown): InvalidArgumentError =>
  new InvalidArgumentError(
    name,
    `must be ${expected}, not ${typeof value === 'string' ? JSON.stringify(value) : describeType(value)}.`,
  );

/** Returns whether a value is an array of bytes, also one of another realm. */
export const isBytes = (value: unknown): value is Uint8Array =>
  Object.prototype.toString.call(value) === '[object Uint8Array]';
