type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Copies an object without its undefined fields, which the generated types distinguish from absent ones. */
export function defined<T extends object>(values: T): Defined<T> {
  const result: Defined<T> = {};
  for (const key in values) {
    const value = values[key];
    if (isDefined(value)) result[key] = value;
  }
  return result;
}

const isDefined = <T>(value: T): value is Exclude<T, undefined> => value !== undefined;

/** Returns whether a value is an object with fields: not null and not an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the fields of an object whose values are strings. */
export const stringEntries = (record: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
