import { isRecord } from '../util/index.js';
import type { Description, Fields } from './describe.js';
import { withKnownNames } from './find-problems.js';
import { JOB } from './job-description.js';

/**
 * Returns a job whose field names are spelt as in the API. Servers ignore the case of names; where a name comes twice, they
 * take the later one.
 */
export const canonicalJob = (job: unknown): unknown => canonical(job, JOB);

function canonical(value: unknown, description: Description): unknown {
  switch (description.type) {
    case 'object':
      return canonicalFields(value, description.fields);
    case 'textOrObject':
      return canonical(value, description.object);
    case 'list':
      return Array.isArray(value) ? value.map((item) => canonical(item, description.items)) : value;
    case 'spec': {
      if (!isRecord(value)) return value;
      const named = withKnownNames(value, SPEC);
      const { Type, Params } = named;
      const fields = typeof Type === 'string' ? description.params[Type.trim().toLowerCase()] : undefined;
      return fields === undefined
        ? named
        : { ...named, ...(isRecord(Params) && { Params: canonicalFields(Params, fields) }) };
    }
    default:
      return value;
  }
}

const SPEC: Fields = { Type: { type: 'text' }, Params: { type: 'any' } };

function canonicalFields(value: unknown, fields: Fields): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(withKnownNames(value, fields)).map(([name, inner]) => {
      const field = fields[name];
      return [name, field === undefined ? inner : canonical(inner, field)];
    }),
  );
}
