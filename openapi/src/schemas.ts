import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Document, Schema } from './document.ts';

/** How to read a schema: a response is certain to have more properties than a request requires. */
export type Direction = 'request' | 'response';

export interface SchemaProblem {
  /** The location in the checked value, as a JSON pointer. */
  readonly pointer: string;
  readonly message: string;
}

export interface Validator {
  problems(direction: Direction, schema: Schema, value: unknown): SchemaProblem[];
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const namesIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];

/**
 * Converts a schema of the document into one for ajv. The document's schemas are open, because a newer server may add
 * properties; the check is closed, because its purpose is to find properties that the document does not have.
 */
function strict(direction: Direction, schema: Schema): Schema {
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === '$ref' && typeof value === 'string') {
      result[keyword] = value.replace('#/components/schemas/', `/${direction}/`);
    } else if (keyword === 'properties' && isObject(value)) {
      result[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, property]) => [name, isObject(property) ? strict(direction, property) : {}]),
      );
    } else if (Array.isArray(value)) {
      result[keyword] = value.map((item) => (isObject(item) ? strict(direction, item) : item));
    } else if (keyword !== 'example') {
      result[keyword] = isObject(value) ? strict(direction, value) : value;
    }
  }
  if ('properties' in result) {
    if (!('additionalProperties' in result) && result['x-open'] !== true) result['additionalProperties'] = false;
    if (direction === 'response') {
      result['required'] = [...namesIn(result['required']), ...namesIn(result['x-response-required'])];
    }
  }
  return result['nullable'] === true && 'allOf' in result ? orNull(result) : result;
}

/** Converts a nullable `allOf`, by which OpenAPI 3.0 makes a reference nullable, into a choice as in JSON Schema. */
function orNull({ allOf }: Schema): Schema {
  return { anyOf: [{ allOf }, { type: 'null' }] };
}

function toProblem({ instancePath, keyword, message, params }: ErrorObject): SchemaProblem {
  const name = keyword === 'additionalProperties' ? params['additionalProperty'] : undefined;
  return name === undefined
    ? { pointer: instancePath, message: message ?? keyword }
    : { pointer: `${instancePath}/${name}`, message: 'is not in the document' };
}

export function createValidator(document: Document): Validator {
  const ajv = new Ajv({ strict: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addVocabulary(['x-enum-varnames', 'x-open', 'x-response-required']);
  for (const direction of ['request', 'response'] as const) {
    for (const [name, schema] of Object.entries(document.schemas)) {
      ajv.addSchema(strict(direction, schema), `/${direction}/${name}`);
    }
  }

  const compiled: Record<Direction, Map<Schema, ValidateFunction>> = { request: new Map(), response: new Map() };
  const compile = (direction: Direction, schema: Schema): ValidateFunction => {
    const known = compiled[direction].get(schema);
    if (known) return known;
    const validate = ajv.compile(strict(direction, schema));
    compiled[direction].set(schema, validate);
    return validate;
  };

  // Compiled now, so that a schema that ajv rejects is found at once and not with the first response of its kind.
  for (const operation of document.operations) {
    for (const { schema } of Object.values(operation.request)) compile('request', schema);
    for (const content of operation.responses.values()) {
      for (const { schema } of Object.values(content)) compile('response', schema);
    }
  }

  return {
    problems(direction, schema, value) {
      const validate = compile(direction, schema);
      return validate(value) ? [] : (validate.errors ?? []).map(toProblem);
    },
  };
}
