import { InvalidJobError } from '../errors/index.js';
import { isRecord } from '../util/index.js';
import type { Description, Fields } from './describe.js';
import { TWICE, withKnownNames } from './find-problems.js';
import { JOB } from './job-description.js';

/**
 * Returns a job whose field names are spelt as in the API, of which servers and the CLI ignore the case.
 *
 * @throws {InvalidJobError} naming a field that is there twice.
 */
export const canonicalJob = (job: unknown): unknown => canonical(job, JOB, 'Job');

function canonical(value: unknown, description: Description, path: string): unknown {
  switch (description.type) {
    case 'object':
      return isRecord(value) ? canonicalFields(value, description.fields, path) : value;
    case 'textOrObject':
      return canonical(value, description.object, path);
    case 'list':
      return Array.isArray(value)
        ? value.map((item, index) => canonical(item, description.items, `${path}[${index}]`))
        : value;
    case 'spec':
      // The names of params stay as they are: nodes ignore their case, and those of unknown types mean what they will.
      return isRecord(value) ? spell(value, SPEC, path) : value;
    default:
      return value;
  }
}

const SPEC: Fields = { Type: { type: 'text' }, Params: { type: 'any' } };

function canonicalFields(value: Readonly<Record<string, unknown>>, fields: Fields, path: string): unknown {
  return Object.fromEntries(
    Object.entries(spell(value, fields, path)).map(([name, inner]) => {
      const field = fields[name];
      return [name, field === undefined ? inner : canonical(inner, field, `${path}.${name}`)];
    }),
  );
}

function spell(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  path: string,
): Readonly<Record<string, unknown>> {
  const { named, twin } = withKnownNames(value, fields);
  if (twin !== undefined) throw new InvalidJobError(`${path}.${twin}`, TWICE);
  return named;
}
