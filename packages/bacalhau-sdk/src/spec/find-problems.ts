import { adviceForUnknown, describeType } from '../arguments/index.js';
import { isRecord } from '../util/index.js';
import type { Description, Field, Fields, SpecDescription } from './describe.js';
import { quote } from './quote.js';

/** What is wrong with a field of a job. */
export interface JobProblem {
  /** The field's path, for example `Job.Tasks[0].Engine.Type`. */
  readonly field: string;
  /** What is wrong, and what to do, as it follows the path in a sentence. */
  readonly problem: string;
}

export interface FindOptions {
  /** Whether fields that are not described are left alone. */
  readonly allowUnknownFields?: boolean | undefined;
}

/** Finds where a value differs from its description. */
export function* findProblems(
  value: unknown,
  description: Description,
  field: string,
  options: FindOptions,
): Generator<JobProblem> {
  switch (description.type) {
    case 'text':
      if (typeof value !== 'string') yield wrongType(field, value, 'a string', description.example);
      else yield* findUnknownValue(value, description, field);
      return;
    case 'integer': {
      const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = description;
      if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return;
      const range = describeRange(description);
      yield { field, problem: `is ${quote(value)}. Use a whole number${range === '' ? '' : `, ${range}`}.` };
      return;
    }
    case 'flag':
      if (typeof value !== 'boolean') yield wrongType(field, value, 'true or false');
      return;
    case 'list':
      if (!Array.isArray(value)) yield wrongType(field, value, 'an array');
      else {
        for (const [index, item] of value.entries()) {
          yield* findProblems(item, description.items, `${field}[${index}]`, options);
        }
      }
      return;
    case 'map':
      if (!isRecord(value)) yield wrongType(field, value, 'an object');
      else {
        for (const [key, entry] of Object.entries(value)) {
          if (typeof entry !== 'string') yield wrongType(`${field}.${key}`, entry, 'a string');
        }
      }
      return;
    case 'object':
      if (!isRecord(value)) yield wrongType(field, value, 'an object');
      else yield* findInFields(value, description.fields, field, options);
      return;
    case 'spec':
      yield* findInSpec(value, description, field, options);
      return;
    case 'textOrObject':
      if (typeof value === 'string') return;
      if (isRecord(value)) yield* findProblems(value, description.object, field, options);
      else yield wrongType(field, value, 'a string or an object');
      return;
    case 'any':
      return;
  }
}

/** Finds problems in an object whose fields are described. Servers ignore unknown fields, and so what was meant by them. */
function* findInFields(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  path: string,
  options: FindOptions,
): Generator<JobProblem> {
  yield* findUnknown(value, Object.keys(fields), path, options);
  for (const [name, field] of Object.entries(fields))
    yield* findInField(value[name], field, `${path}.${name}`, options);
}

function* findUnknown(
  value: object,
  known: readonly string[],
  path: string,
  { allowUnknownFields }: FindOptions,
): Generator<JobProblem> {
  if (allowUnknownFields === true) return;
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const advice = known.length === 0 ? 'It takes none.' : adviceForUnknown(name, known);
    yield { field: `${path}.${name}`, problem: `is not a field that servers know. ${advice}` };
  }
}

function* findInField(value: unknown, field: Field, path: string, options: FindOptions): Generator<JobProblem> {
  const isBlank = field.type === 'text' && typeof value === 'string' && value.trim() === '';
  // Servers take null for a field that is left out.
  if (value === undefined || value === null || (isBlank && field.isRequired)) {
    if (field.isRequired) yield { field: path, problem: `is missing. ${adviceFor(field)}`.trimEnd() };
  } else if (!isBlank) yield* findProblems(value, field, path, options);
}

function* findInSpec(
  value: unknown,
  { params, types, allowsBlank }: SpecDescription,
  field: string,
  options: FindOptions,
): Generator<JobProblem> {
  if (!isRecord(value)) {
    yield wrongType(field, value, 'an object', `for example { Type: "${types[0]}" }`);
    return;
  }
  const { Type, Params } = value;
  yield* findUnknown(value, ['Type', 'Params'], field, options);
  const isBlank = Type === undefined || Type === null || (typeof Type === 'string' && Type.trim() === '');
  if (isBlank && !allowsBlank) yield { field: `${field}.Type`, problem: `is missing. Use ${oneOf(types)}.` };
  if (!isBlank && typeof Type !== 'string') yield wrongType(`${field}.Type`, Type, 'a string', oneOf(types));
  const fields = typeof Type === 'string' ? params[Type.trim().toLowerCase()] : undefined;
  if (fields !== undefined) yield* findInParams(Params ?? {}, fields, `${field}.Params`, options);
  else if (Params !== undefined && Params !== null && !isRecord(Params)) {
    yield wrongType(`${field}.Params`, Params, 'an object');
  }
}

/** Nodes ignore the case of the names of params. */
function* findInParams(params: unknown, fields: Fields, path: string, options: FindOptions): Generator<JobProblem> {
  if (!isRecord(params)) {
    yield wrongType(path, params, 'an object');
    return;
  }
  const { named, twin } = withKnownNames(params, fields);
  if (twin !== undefined) yield { field: `${path}.${twin}`, problem: TWICE };
  else yield* findInFields(named, fields, path, options);
}

/** What of a field that is there twice would count depends on who reads it. */
export const TWICE = 'is there twice, in another case and with another value. Remove one of the two.';

/**
 * Returns an object whose names are spelt as they are described, where they differ in their case only, and one name that
 * came twice with different values.
 */
export function withKnownNames(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
): { readonly named: Readonly<Record<string, unknown>>; readonly twin: string | undefined } {
  const known = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  const named = new Map<string, unknown>();
  let twin: string | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const spelt = known.get(name.toLowerCase()) ?? name;
    if (named.has(spelt) && !isSame(named.get(spelt), inner)) twin ??= name;
    named.set(spelt, inner);
  }
  return { named: Object.fromEntries(named), twin };
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function* findUnknownValue(
  value: string,
  { values, ignoresCase }: Extract<Description, { type: 'text' }>,
  field: string,
): Generator<JobProblem> {
  if (values === undefined) return;
  const normalized = (text: string): string => (ignoresCase ? text.trim().toLowerCase() : text);
  if (values.some((known) => normalized(known) === normalized(value))) return;
  yield { field, problem: `is ${quote(value)}. Use one of ${values.join(', ')}.` };
}

/** Returns names as a sentence has them: `a, b or c`. */
const oneOf = (names: readonly string[]): string => names.join(', ').replace(/, (?=[^,]*$)/, ' or ');

function wrongType(field: string, value: unknown, expected: string, example?: string): JobProblem {
  const advice = example === undefined ? '' : ` Pass ${example}.`;
  return { field, problem: `must be ${expected}, not ${describeType(value)}.${advice}` };
}

function adviceFor(field: Field): string {
  switch (field.type) {
    case 'text':
      if (field.values !== undefined) return `Use one of ${field.values.join(', ')}.`;
      return field.example === undefined ? '' : `Pass ${field.example}.`;
    case 'list':
      return 'Pass an array.';
    case 'spec':
      return `Pass for example { Type: "${field.types[0]}", Params: {…} }.`;
    default:
      return '';
  }
}

function describeRange({ minimum, maximum }: Extract<Description, { type: 'integer' }>): string {
  if (minimum === undefined) return '';
  return maximum === undefined ? `${minimum} or more` : `from ${minimum} to ${maximum}`;
}
