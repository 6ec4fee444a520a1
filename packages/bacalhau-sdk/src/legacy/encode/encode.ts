import { InvalidJobError } from '../../errors/index.js';
import { isRecord } from '../../util/index.js';
import { byCodePoints, goText, wellFormed } from './go-text.js';
import type { Schema, StructSchema } from './schema.js';

/**
 * Encodes a payload exactly as a server up to 0.3.17 does before it verifies the signature.
 *
 * A field that the server would drop silently is refused, because dropping it changes the job.
 *
 * @throws {InvalidJobError} naming the member that is unknown, or not of the type that the server wants.
 */
export function encodeCanonically(schema: StructSchema, value: object): string {
  return encodeStruct(schema, value, '');
}

/** Encodes a value; undefined for one that is omitted. */
function encode(schema: Schema, value: unknown, path: string): string | undefined {
  // Go reads null as if it were not there.
  const given = value ?? undefined;
  switch (schema.kind) {
    case 'always':
      return encode(schema.of, given, path) ?? schema.zero;
    case 'struct':
      return encodeStruct(schema, given ?? {}, path);
    case 'list':
      return given === undefined ? undefined : encodeList(schema.of, given, path);
    case 'textMap':
      return given === undefined ? undefined : encodeMap(given, path);
    case 'enumeration':
      return given === undefined ? undefined : encodeName(schema.names, given, path);
    case 'text':
      if (given === undefined) return undefined;
      if (typeof given !== 'string') throw wrongType(path, 'a string', given);
      return given === '' ? undefined : goText(given);
    case 'boolean':
      if (given === undefined) return undefined;
      if (typeof given !== 'boolean') throw wrongType(path, 'true or false', given);
      return given ? 'true' : undefined;
    case 'integer':
      if (given === undefined) return undefined;
      if (typeof given !== 'number' || !Number.isSafeInteger(given)) throw wrongType(path, 'a whole number', given);
      return given === 0 ? undefined : String(given);
    case 'float':
      if (given === undefined) return undefined;
      if (typeof given !== 'number' || !Number.isFinite(given)) throw wrongType(path, 'a number', given);
      // Both languages write the shortest digits that give the same number, and change to an exponent at the same places.
      return given === 0 ? undefined : String(given);
  }
}

function encodeStruct({ fields }: StructSchema, value: unknown, path: string): string {
  if (!isRecord(value)) throw wrongType(path, 'an object', value);
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined && member !== null && !Object.hasOwn(fields, name))
      throw unknownMember(fields, name, path);
  }
  const members = Object.entries(fields).flatMap(([name, schema]) => {
    const encoded = encode(schema, Object.hasOwn(value, name) ? value[name] : undefined, join(path, name));
    return encoded === undefined ? [] : `${goText(name)}:${encoded}`;
  });
  return `{${members.join(',')}}`;
}

function encodeList(of: Schema, value: unknown, path: string): string | undefined {
  if (!Array.isArray(value)) throw wrongType(path, 'an array', value);
  if (value.length === 0) return undefined;
  // Within an array nothing is left out, so what is zero elsewhere is written here.
  const elements = Array.from(value, (element: unknown, index) => {
    const place = `${path}[${index}]`;
    if (element === undefined || element === null) throw wrongType(place, 'not empty', element);
    return encode(of, element, place) ?? '""';
  });
  return `[${elements.join(',')}]`;
}

function encodeMap(value: unknown, path: string): string | undefined {
  if (!isRecord(value)) throw wrongType(path, 'an object', value);
  const texts = new Map<string, string>();
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'string') throw wrongType(join(path, name), 'a string', member);
    // Names that only differ in what UTF-8 cannot hold are one name to the server, and the last one counts.
    texts.set(wellFormed(name), member);
  }
  if (texts.size === 0) return undefined;
  const members = [...texts]
    .sort(([a], [b]) => byCodePoints(a, b))
    .map(([name, member]) => `${goText(name)}:${goText(member)}`);
  return `{${members.join(',')}}`;
}

/** Encodes the name of an enum: servers accept any case and write one. */
function encodeName(names: readonly string[], value: unknown, path: string): string | undefined {
  if (typeof value !== 'string') throw wrongType(path, 'a string', value);
  if (value === '') return undefined;
  const name = names.find((known) => known.toLowerCase() === value.toLowerCase());
  if (name === undefined) {
    throw new InvalidJobError(path, `is ${JSON.stringify(value)}. This server knows ${names.join(', ')}.`);
  }
  return goText(name);
}

function unknownMember(fields: StructSchema['fields'], name: string, path: string): InvalidJobError {
  const meant = Object.keys(fields).find((known) => known.toLowerCase() === name.toLowerCase());
  const advice =
    meant === undefined
      ? `Use one of ${Object.keys(fields).join(', ')}.`
      : `Did you mean ${meant}? Names in this API have no uniform case.`;
  return new InvalidJobError(join(path, name), `is unknown to servers of this version. ${advice}`);
}

function wrongType(path: string, wanted: string, value: unknown): InvalidJobError {
  const found = typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
  return new InvalidJobError(path, `is ${Array.isArray(value) ? 'an array' : found}. It must be ${wanted}.`);
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
