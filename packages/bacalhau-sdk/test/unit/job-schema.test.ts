import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { jobSchema } from '../../schema/job-schema.js';
import type { Description, Field, Fields } from '../../src/spec/describe.js';
import { findProblems } from '../../src/spec/find-problems.js';
import { JOB } from '../../src/spec/job-description.js';

const committed: object = JSON.parse(readFileSync(join(__dirname, '../../job.schema.json'), 'utf8'));

test('job.schema.json is what the description of a job gives', () => {
  // Made anew by `npm run build`.
  expect(committed).toEqual(jobSchema());
});

/** Values that fit nothing or little. */
const odd = fc.constantFrom<unknown>(null, '', ' ', 'x', -1, 0, 1.5, 70_000, true, [], ['x'], [1], {}, { a: 1 });

/** Makes values of a description, and now and then odd ones. */
function valuesOf(description: Description): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: fitting(description) }, { weight: 1, arbitrary: odd });
}

function fitting(description: Description): fc.Arbitrary<unknown> {
  switch (description.type) {
    case 'text': {
      const { values, ignoresCase } = description;
      if (values === undefined) return fc.constantFrom('a', '/b', 'c d');
      return fc.constantFrom(...values, ...(ignoresCase ? values.map((value) => ` ${value.toUpperCase()}`) : []));
    }
    case 'integer':
      return fc.integer({ min: description.minimum ?? -5, max: description.maximum ?? 70_000 });
    case 'flag':
      return fc.boolean();
    case 'list':
      return fc.array(valuesOf(description.items), { maxLength: 2 });
    case 'map':
      return fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof({ weight: 20, arbitrary: fc.constant('c') }, odd));
    case 'object':
      return fieldsOf(description.fields);
    case 'textOrObject':
      return fc.oneof(fc.constantFrom('a', ''), valuesOf(description.object));
    case 'spec':
      return fc.constantFrom(...description.types).chain((type) =>
        fc.record(
          {
            Type: fc.constantFrom(type, type, type.toUpperCase(), ` ${type}`, 'other', ''),
            Params: valuesOf({ type: 'object', fields: description.params[type.toLowerCase()] ?? {} }),
          },
          { requiredKeys: ['Type', 'Params'] },
        ),
      );
    case 'any':
      return odd;
  }
}

function fieldsOf(fields: Fields): fc.Arbitrary<unknown> {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]: [string, Field]) => field.isRequired).map(([name]) => name);
  const good = fc.record(Object.fromEntries(entries.map(([name, field]) => [name, valuesOf(field)])), {
    requiredKeys: required,
  });
  const incomplete = good.map((value) => Object.fromEntries(Object.entries(value).slice(1)));
  return fc.oneof(
    { weight: 30, arbitrary: good },
    { weight: 1, arbitrary: incomplete },
    { weight: 1, arbitrary: good.map((value) => ({ ...value, Unknown: 'x' })) },
  );
}

test('the schema accepts what the checks accept, and nothing else', () => {
  const accepts = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(committed);
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(valuesOf(JOB), (job) => {
      const [problem] = findProblems(job, JOB, 'Job', {});
      expect({ job, problem, isAccepted: accepts(job) }).toEqual({ job, problem, isAccepted: problem === undefined });
      seen[problem === undefined ? 'accepted' : 'refused'] += 1;
    }),
    { numRuns: 2_000 },
  );
  // Otherwise it would show nothing.
  expect(seen.accepted).toBeGreaterThan(100);
  expect(seen.refused).toBeGreaterThan(100);
});
