import { InvalidArgumentError } from '../errors/index.js';
import { describeType } from './check-options.js';

/**
 * Checks an id or name that becomes one segment of a URL's path. `..`, an empty string or a slash would address something
 * else, and servers do not decode an escaped slash.
 *
 * @throws {InvalidArgumentError}
 */
export function checkIdentifier(value: string, name: string): string {
  if (typeof value !== 'string') {
    throw new InvalidArgumentError(name, `must be a string, not ${describeType(value)}. Pass the id or name.`);
  }
  if (value.trim() === '') throw new InvalidArgumentError(name, 'is empty. Pass the id or name as a string.');
  if (!isUrlSegment(value)) {
    throw new InvalidArgumentError(
      name,
      `is ${JSON.stringify(value)}, which cannot be part of a URL. Pass the id of a job whose name contains a slash.`,
    );
  }
  return value;
}

/** Returns whether a string can be one segment of a URL's path, escaped or not. */
export const isUrlSegment = (value: string): boolean =>
  value !== '.' && value !== '..' && !/[/\\]|\p{Cc}|\p{Cs}/u.test(value);

/**
 * Checks a limit, which is an unsigned 32-bit number on the wire.
 *
 * @throws {InvalidArgumentError}
 */
export function checkLimit(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new InvalidArgumentError(name, `is ${value}. Use a whole number from 0 up.`);
  }
  return value;
}

/**
 * Checks label selectors. A string in place of the array would be sent letter by letter.
 *
 * @throws {InvalidArgumentError}
 */
export function checkLabels(labels: readonly string[]): string[] {
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string')) {
    throw new InvalidArgumentError(
      'labels',
      'must be an array of strings. Pass selectors such as ["env=prod", "!spot"].',
    );
  }
  return [...labels];
}

/**
 * Checks a date; returns its milliseconds since 1970.
 *
 * @throws {InvalidArgumentError}
 */
export function checkTime(value: Date, name: string): number {
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError(name, 'must be a valid Date. Pass for example new Date("2026-01-31").');
  return time;
}

/**
 * Checks a value of an enum of the API, where the server would ignore an unknown one or report an internal error.
 *
 * @throws {InvalidArgumentError}
 */
export function checkOneOf<T extends string>(value: string, known: Readonly<Record<string, T>>, name: string): T {
  const values = Object.values(known);
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new InvalidArgumentError(name, `is ${JSON.stringify(value)}. Use ${values.map((v) => `"${v}"`).join(', ')}.`);
  }
  return found;
}

/**
 * Checks a signal. Passing the controller instead of its signal is a common mistake in plain JavaScript.
 *
 * @throws {InvalidArgumentError}
 */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal === null) return;
  if (typeof signal === 'object' && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new InvalidArgumentError('signal', 'must be an AbortSignal. Pass controller.signal, not the controller.');
}
