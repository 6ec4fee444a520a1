import { closest, distance } from 'fastest-levenshtein';
import { InvalidArgumentError } from '../errors/index.js';
import { isRecord } from '../util/index.js';

/** The names of all options of a type. A record, so that the compiler reports a missing one. */
export type OptionNames<T extends object> = Readonly<Record<keyof T & string, true>>;

/**
 * Checks that options are an object, and that all names in it are options: plain JavaScript would ignore a misspelt one.
 *
 * @throws {InvalidArgumentError} naming the argument, with the nearest known name.
 */
export function checkOptions<T extends object>(options: T | undefined, known: OptionNames<T>, argument = 'options') {
  if (options === undefined) return;
  if (!isRecord(options)) {
    throw new InvalidArgumentError(argument, `must be an object, not ${describeType(options)}.`);
  }
  const unknown = findUnknownName(options, Object.keys(known));
  if (unknown === undefined) return;
  throw new InvalidArgumentError(unknown.name, `is not an option here. ${unknown.advice}`);
}

/** Returns the first field whose name is unknown, with advice on which name to use instead; undefined if there is none. */
export function findUnknownName(
  fields: object,
  known: readonly string[],
): { readonly name: string; readonly advice: string } | undefined {
  const name = Object.keys(fields).find((candidate) => !known.includes(candidate));
  if (name === undefined) return undefined;
  const suggestion = nearestName(name, known);
  return { name, advice: suggestion === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean ${suggestion}?` };
}

/** Returns the known name that is closest to a misspelt one; undefined if none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  const found = closest(name.toLowerCase(), [...lower.keys()]);
  return distance(name.toLowerCase(), found) <= Math.max(2, Math.floor(name.length / 3)) ? lower.get(found) : undefined;
}

/** Returns the type of a value for a message: `null`, `an array`, `a string`. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
