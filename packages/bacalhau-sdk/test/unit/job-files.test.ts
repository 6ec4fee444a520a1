import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { InvalidArgumentError, InvalidJobError } from '../../src/errors/client-errors.js';
import { type JobTextOptions, loadJob, parseJob, validateJob } from '../../src/index.js';

const fileWith = (label: string, rest = ''): string => `Name: a job
Type: batch
Labels:
  value: ${label}
Tasks:
  - Name: main
    Engine: { Type: docker, Params: { Image: ubuntu } }
${rest}`;
const labelOf = async (label: string, options: JobTextOptions = {}): Promise<string | undefined> =>
  (await parseJob(fileWith(label), options)).Labels?.['value'];

describe('a template', () => {
  test('takes variables, and those of the environment that a pattern names', async () => {
    process.env['JOB_TEST_REGION'] = 'eu';
    try {
      expect(await labelOf('"{{.JOB_TEST_REGION}}-{{.n}}"', { variables: { n: 5 }, env: /^JOB_TEST_/ })).toBe('eu-5');
      const variables = { JOB_TEST_REGION: 'us' };
      expect(await labelOf('"{{.JOB_TEST_REGION}}"', { variables, env: /^JOB_TEST_/g })).toBe('us');
      await expect(labelOf('"{{.JOB_TEST_REGION}}"', { env: /^OTHER_/ })).rejects.toThrow(InvalidJobError);
      await expect(labelOf('"{{.JOB_TEST_REGION}}"')).rejects.toThrow(InvalidJobError);
    } finally {
      delete process.env['JOB_TEST_REGION'];
    }
  });

  test('a variable without a value is an error with line and placeholder', async () => {
    await expect(labelOf('{{ .region }}')).rejects.toMatchObject({
      field: 'The job',
      message: `The job has, in line 4, {{ .region }}: there is no value for region. Pass { variables: { "region": '…' } }. Pass { template: false } if its braces are meant literally.`,
    });
    await expect(parseJob(fileWith('{{.region}}'), { name: 'job.yaml' })).rejects.toThrow(/^job\.yaml has, in line 4/);
  });

  test.each([
    ['{{range .items}}{{end}}', /\{\{range \.items\}\}: range is not supported here/],
    ['{{with .a}}{{end}}', /with is not supported here/],
    ['{{printf "%s" .a}}', /printf is not supported here/],
    ['{{$x := .a}}', /a variable of its own \(\$x\) is not supported here/],
    ['{{.a | upper}}', /a pipe \(\|\) is not supported here/],
    ['{{.a.b}}', /a field of a variable \(\.a\.b\) is not supported here/],
    ['{{template "x"}}', /template is not supported here/],
    ['{{if .a}}', /its \{\{end\}\} is missing/],
    ['{{end}}', /there is no if before it/],
    ['{{.a', /":" after \{\{, which is not of a template/],
  ])('%s is refused by its name', async (label, message) => {
    await expect(labelOf(label, { variables: { a: 'x' } })).rejects.toThrow(message);
  });

  test('braces are literal on request', async () => {
    expect(await labelOf('"{{.region}}"', { template: false })).toBe('{{.region}}');
  });

  test.each<[string, object]>([
    ['variables', { variables: 'a=b' }],
    ['variables.a', { variables: { a: true } }],
    ['variables.a', { variables: { a: Number.NaN } }],
    ['env', { env: '*' }],
    ['variable', { variable: {} }],
  ])('%s of a wrong type is refused', async (argument, options) => {
    const error = await parseJob(fileWith('a'), options as JobTextOptions).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument });
  });

  test('no text takes long, or leads to another error', async () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      '/*',
      '*/',
      ' ',
      '\n',
      '"',
      '`',
      '(',
      ')',
      '.a',
      'if ',
      'or ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), async (pieces) => {
        const outcome = await parseJob(pieces.join(''), { variables: { a: 'b' } }).catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(InvalidJobError);
      }),
      { numRuns: 300 },
    );
    for (const text of ['{{if .a}}', '{{(', '{{"', '{{/*', '{{- ', ' '.repeat(50), '{{.a}}']) {
      const started = performance.now();
      await expect(parseJob(text.repeat(20_000), { variables: { a: 'b' } })).rejects.toThrow(InvalidJobError);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});

describe('YAML', () => {
  test('in UTF-16 is read from a file, and what is neither is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bacalhau-job-files-'));
    try {
      const file = join(folder, 'job.yaml');
      await writeFile(file, Buffer.from(`\ufeff${fileWith('é')}`, 'utf16le'));
      expect((await loadJob(file)).Labels).toEqual({ value: 'é' });
      await writeFile(file, Buffer.from([0x41, 0xff, 0x41]));
      await expect(loadJob(file)).rejects.toThrow(/job\.yaml is not UTF-8 text/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    ['two documents', `${fileWith('a')}---\n${fileWith('b')}`, /more than one document/],
    ['aliases that repeat too much', bomb(), /aliases that repeat too much/],
    ['an anchor that contains itself', fileWith('&a [*a]'), /anchor &a that contains itself/],
    ['a merge of itself', fileWith('&a {<<: *a}'), /anchor &a that contains itself/],
    ['deep nesting', `a: ${'['.repeat(50_000)}`, /nested too deep|neither YAML nor JSON/],
    ['a control character', fileWith('a\u0000b'), /character U\+0000/],
    ['another version', `%YAML 1.2\n---\n${fileWith('a')}`, /YAML 1\.2/],
    ['an infinite number', fileWith('.inf'), /the number \.inf/],
    ['a colon before a bracket', fileWith('[a:]'), /a: before a bracket or comma/],
  ])('%s is refused', async (_name, text, message) => {
    await expect(parseJob(text)).rejects.toThrow(InvalidJobError);
    await expect(parseJob(text)).rejects.toThrow(message);
  });

  test('a long name of a field takes no longer than others', async () => {
    const started = performance.now();
    await expect(parseJob(fileWith('a', `${'x'.repeat(1_000_000)}: 1\n`))).rejects.toThrow(InvalidJobError);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('the name of a field like __proto__ is a name like others', async () => {
    await expect(parseJob(fileWith('a', '__proto__: { polluted: yes }\n'))).rejects.toThrow(
      /Job\.__proto__ is not a field/,
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

function bomb(): string {
  const levels = [...'abcdefgh'];
  const lines = levels.map((name, index) => {
    const items = Array.from({ length: 12 }, () => (index === 0 ? 'x' : `*${levels[index - 1]}`));
    return `${name}: &${name} [${items.join(', ')}]`;
  });
  return `${lines.join('\n')}\n`;
}

describe('jobs in other formats are told what to do', () => {
  test.each([
    ['a request', { Job: { Type: 'batch' } }, /in a field Job.*Pass what is in that field/],
    [
      'servers before 1.4',
      { APIVersion: 'V1beta2', Spec: { Engine: 'Docker' } },
      /servers before 1\.4.*bacalhau-sdk\/legacy/,
    ],
    ['Kubernetes', { apiVersion: 'batch/v1', kind: 'Job', spec: {} }, /object of Kubernetes/],
  ])('%s', async (_name, job, message) => {
    expect(() => validateJob(job)).toThrow(message);
    await expect(parseJob(JSON.stringify(job))).rejects.toThrow(message);
  });

  test('what servers set is refused in a file, as the command line does, and ignored in code', async () => {
    const job = { ...(await parseJob(fileWith('a'))), ID: 'j-1' };
    await expect(parseJob(JSON.stringify(job))).rejects.toThrow(/^Job\.ID is set by the server/);
    validateJob(job);
  });
});

test('unknown fields are let through on request, at every level', async () => {
  const text = fileWith('a', 'Newer: { a: 1 }\n').replace('Image: ubuntu', 'Image: ubuntu, Newer: 2');
  await expect(parseJob(text)).rejects.toThrow(/Job\.Newer is not a field.*\nJob\.Tasks\[0\]\.Engine\.Params\.Newer/s);
  expect(await parseJob(text, { allowUnknownFields: true })).toMatchObject({
    Newer: { a: 1 },
    Tasks: [{ Engine: { Params: { Newer: 2 } } }],
  });
});
