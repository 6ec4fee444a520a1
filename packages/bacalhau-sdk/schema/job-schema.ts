import type { Description, Field, Fields, ObjectDescription, SpecDescription } from '../src/spec/describe.js';
import { JOB } from '../src/spec/job-description.js';
import { SOURCE } from '../src/spec/source.js';

interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Returns the JSON Schema of a job, for editors: what the checks of a submission refuse, as far as a schema can say it. */
export const jobSchema = (): JsonSchema => ({
  // The newest draft that all editors know.
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A job of Bacalhau',
  ...ofObject(JOB),
  definitions: { Source: ofSpec(SOURCE) },
});

function ofValue(description: Description): JsonSchema {
  switch (description.type) {
    case 'text':
      return ofText(description, []);
    case 'integer': {
      const { minimum, maximum } = description;
      return { type: 'integer', ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
    }
    case 'flag':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: ofValue(description.items) };
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'object':
      return ofObject(description);
    case 'spec':
      // Modules of WebAssembly are sources, too.
      return description.params === SOURCE.params ? { $ref: '#/definitions/Source' } : ofSpec(description);
    case 'textOrObject':
      // What is said of objects does not concern a text.
      return { ...ofObject(description.object), type: ['string', 'object'] };
    case 'any':
      return {};
  }
}

/** A field that is not required may also be null, and a text blank. */
function ofField(field: Field): JsonSchema {
  if (field.type === 'text') {
    if (!field.isRequired) return orNull(ofText(field, [BLANK]));
    return field.values === undefined ? { ...ofText(field, []), pattern: NOT_BLANK } : ofText(field, []);
  }
  return field.isRequired ? ofValue(field) : orNull(ofValue(field));
}

const BLANK = '\\s*';
const NOT_BLANK = '\\S';

const orNull = (schema: JsonSchema): JsonSchema =>
  schema['type'] === undefined ? schema : { ...schema, type: [schema['type'], 'null'].flat() };

/** A text, which may have other forms besides its known values. An editor proposes the values. */
function ofText(text: Extract<Description, { type: 'text' }>, forms: readonly string[]): JsonSchema {
  const about = text.example === undefined ? {} : { description: sentence(text.example) };
  if (text.values === undefined) return { type: 'string', ...about };
  const others = text.ignoresCase ? [...text.values.map(inAnyCase), ...forms] : forms;
  if (others.length === 0) return { type: 'string', enum: text.values, ...about };
  return { type: 'string', anyOf: [{ enum: text.values }, { pattern: `^(${others.join('|')})$` }], ...about };
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Returns a pattern of a name in any case, between spaces: patterns have no flags here. */
const inAnyCase = (name: string): string =>
  `\\s*${name.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`)}\\s*`;

function ofObject({ fields }: Pick<ObjectDescription, 'fields'>): JsonSchema {
  const required = requiredNames(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, ofField(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

const requiredNames = (fields: Fields): string[] =>
  Object.keys(fields).filter((name) => fields[name]?.isRequired === true);

/** A pair of `Type` and `Params`, with the params of each known type. */
function ofSpec({ types, params, allowsBlank }: SpecDescription): JsonSchema {
  return {
    type: 'object',
    properties: {
      Type: allowsBlank
        ? { type: ['string', 'null'], anyOf: [{ enum: types }, {}] }
        : { type: 'string', anyOf: [{ enum: types }, { pattern: NOT_BLANK }] },
      Params: { type: ['object', 'null'] },
    },
    ...(allowsBlank !== true && { required: ['Type'] }),
    additionalProperties: false,
    allOf: types.map((type) => ({
      if: { properties: { Type: { type: 'string', pattern: `^${inAnyCase(type)}$` } }, required: ['Type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: ofParams(params[type.toLowerCase()] ?? {}),
    })),
  };
}

function ofParams(fields: Fields): JsonSchema {
  const schema = ofObject({ fields });
  return requiredNames(fields).length > 0
    ? { properties: { Params: schema }, required: ['Params'] }
    : { properties: { Params: orNull(schema) } };
}
