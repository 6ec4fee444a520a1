import { InvalidArgumentError } from '../errors/index.js';

/**
 * An id or name becomes one segment of the URL's path. `..`, nothing or a slash would address something else, and
 * servers do not decode an escaped slash.
 */
export function checkIdentifier(value: string, name: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new InvalidArgumentError(name, 'is empty. Give the id or name as text.');
  }
  if (!isUrlSegment(value)) {
    throw new InvalidArgumentError(
      name,
      `is ${JSON.stringify(value)}, which cannot stand in a URL. A job whose name has a slash is reached by its ID.`,
    );
  }
  return value;
}

/** Whether a text can stand between two slashes of a URL, escaped or not. */
export const isUrlSegment = (value: string): boolean =>
  value !== '.' && value !== '..' && !/[/\\]|\p{Cc}|\p{Cs}/u.test(value);

/** Limits are unsigned 32-bit numbers on the wire. */
export function checkLimit(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new InvalidArgumentError(name, `is ${value}. Use a whole number from 0 up.`);
  }
  return value;
}

/** A text in place of the array would be sent letter by letter. */
export function checkLabels(labels: readonly string[]): string[] {
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string')) {
    throw new InvalidArgumentError('labels', 'is no array of texts. Give selectors, such as ["env=prod", "!spot"].');
  }
  return [...labels];
}

/** Milliseconds since 1970. */
export function checkTime(value: Date, name: string): number {
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError(name, 'is no valid Date.');
  return time;
}

/** For values to which the server's answer would be silence or an internal error. `known` is an enum of the API. */
export function checkOneOf<T extends string>(value: string, known: Readonly<Record<string, T>>, name: string): T {
  const values = Object.values(known);
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new InvalidArgumentError(name, `is ${JSON.stringify(value)}. Use ${values.map((v) => `"${v}"`).join(', ')}.`);
  }
  return found;
}

/** Plain JavaScript can pass anything, and the controller in place of its signal is soon passed. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal === null) return;
  if (typeof signal === 'object' && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new InvalidArgumentError('signal', 'is no AbortSignal. Give controller.signal, not the controller.');
}
