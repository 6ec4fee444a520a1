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
  return { name, advice: adviceForUnknown(name, known) };
}

/** Returns which name to use instead of an unknown one. */
export function adviceForUnknown(name: string, known: readonly string[]): string {
  const suggestion = nearestName(name, known);
  return suggestion === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean ${suggestion}?`;
}

/** Returns the known names that are closest to a misspelt one, joined by `or`; undefined if none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const longest = Math.max(2, Math.floor(name.length / 3));
  // Others are further away than that in any case, and a name may be as long as its author likes.
  const near = known.filter((candidate) => Math.abs(candidate.length - name.length) <= longest);
  const distances = near.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()));
  const shortest = Math.min(...distances);
  if (shortest > longest) return undefined;
  return near.filter((_, index) => distances[index] === shortest).join(' or ');
}

/** Counts the letters to insert, remove or replace between two short names (Levenshtein's distance). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const letter of from) {
    const above = row;
    row = [(above[0] ?? 0) + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}

/** Returns the type of a value for a message: `null`, `an array`, `a string`. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
