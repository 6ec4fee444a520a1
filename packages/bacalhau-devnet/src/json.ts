/** Any value that JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A plain JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses what another program answered; undefined for anything but JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Merges plain objects deeply: later ones win, arrays and scalars are replaced as a whole, inputs are not modified.
 *
 * Keys are matched without regard to case, as the server reads them: `{ api: … }` must replace a part of `API`, or the
 * server would find the same setting twice and use either.
 */
export function deepMerge(...objects: readonly (JsonObject | undefined)[]): JsonObject {
  const merged: Record<string, JsonValue | undefined> = {};
  for (const object of objects) {
    for (const [key, value] of Object.entries(object ?? {})) {
      if (value === undefined) continue;
      const known = findKey(merged, key) ?? key;
      const before = merged[known];
      merged[known] = isJsonObject(value) ? deepMerge(isJsonObject(before) ? before : {}, value) : value;
    }
  }
  return merged;
}

/** Returns the value at a path of keys, matched without regard to case; undefined if there is none. */
export function valueAt(object: JsonObject, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const step of path) {
    if (!isJsonObject(value)) return undefined;
    const key = findKey(value, step);
    value = key === undefined ? undefined : value[key];
  }
  return value;
}

function findKey(object: JsonObject, key: string): string | undefined {
  if (Object.hasOwn(object, key)) return key;
  const wanted = key.toLowerCase();
  return Object.keys(object).find((candidate) => candidate.toLowerCase() === wanted);
}
