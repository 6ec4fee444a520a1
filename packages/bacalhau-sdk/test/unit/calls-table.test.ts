import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Parameter {
  readonly $ref?: string;
  readonly in?: string;
  readonly name?: string;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | readonly Parameter[]>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

const root = join(__dirname, '..', '..', '..', '..');
const document: Document = parse(readFileSync(join(root, 'openapi', 'bacalhau.yaml'), 'utf8'));
const table = readFileSync(join(root, 'docs', 'calls.md'), 'utf8');

/** The parts of the table that stand for one path, as one text. */
function rowsOf(path: string): string {
  const name = path.replace('/api/v1', '').replace(/\{\w+\}/, (part) => (part === '{method}' ? part : '{id}'));
  let isOf = false;
  const rows = table.split('\n').filter((row) => {
    if (!row.startsWith('| ↳')) isOf = row.includes(`${name}\``);
    return isOf;
  });
  return rows.join('\n');
}

test.each(Object.entries(document.paths))(
  'docs/calls.md names %s and all of its query parameters',
  (path, operations) => {
    const rows = rowsOf(path);
    expect(rows).not.toBe('');
    const parameters = Object.entries(operations).flatMap(([, operation]) =>
      Array.isArray(operation) ? operation : (('parameters' in operation ? operation.parameters : []) ?? []),
    );
    for (const { $ref, ...inline } of parameters) {
      const parameter = $ref === undefined ? inline : document.components.parameters[$ref.split('/').at(-1) ?? ''];
      if (parameter?.in === 'query') expect(rows).toContain(`\`${parameter.name}\``);
    }
  },
);
