import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConfigurationError, InvalidJobError } from '../../src/errors/client-errors.js';
import { parseRetryAfter } from '../../src/http/retry-policy.js';
import { parseJob } from '../../src/job-files/index.js';
import { typedResults } from '../../src/results/typed-results.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Texts that look like YAML as files of settings have it, and others. */
const piece = fc.constantFrom(
  ...[
    'API:',
    ' Host: h',
    ' Port: 1',
    ' TLS: {UseTLS: yes}',
    'endpoint: http://h',
    'auth: {token: t}',
    '\n',
    ' ',
    '- a',
  ],
  ...[
    '&a ',
    '*a',
    '*b',
    '<<: *a',
    '{',
    '}',
    '[',
    ']',
    '!!binary x',
    '? ',
    ': ',
    '"',
    '|',
    '...',
    '---',
    '%YAML 9',
    '\t',
    '#',
  ],
);
const yaml = fc.oneof(
  fc.string(),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
);
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh']
  .map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefg'[index]}`).join(',')}]`)
  .join('\n')}\n`;

describe('a directory of settings', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bacalhau-properties-'));
    await mkdir(join(dir, 'profiles'));
    await symlink('one.yaml', join(dir, 'profiles', 'current'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const read = async (config: string, profile: string): Promise<void> => {
    await writeFile(join(dir, 'config.yaml'), config);
    await writeFile(join(dir, 'profiles', 'one.yaml'), profile);
    const failure = await outcomeOf(new Bacalhau({ dir, env: {}, logger: silent }).config());
    if (failure !== undefined) expect(failure).toBeInstanceOf(ConfigurationError);
  };

  test('is read, or rejected with a typed error', async () => {
    await fc.assert(fc.asyncProperty(yaml, yaml, read), { numRuns: 300 });
  });

  test.each([
    ['aliases that stand for aliases', BOMB],
    ['an alias of nothing', 'API: *nothing'],
  ])('with %s', async (_name, text) => {
    await read(text, 'endpoint: http://h');
    await read('', text);
  });
});

test('the text of a job file is parsed, or rejected with a typed error', async () => {
  const job = piece.map((text) => text.replace('API', 'Type').replace('endpoint', 'Tasks'));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        yaml,
        fc.array(job).map((pieces) => pieces.join('\n')),
        fc.json(),
      ),
      async (text) => {
        const failure = await outcomeOf(parseJob(text));
        if (failure !== undefined) expect(failure).toBeInstanceOf(InvalidJobError);
      },
    ),
    { numRuns: 300 },
  );
  expect(await outcomeOf(parseJob(BOMB))).toBeInstanceOf(InvalidJobError);
});

test('Retry-After is a duration or undefined', () => {
  const date = fc.date({ noInvalidDate: true }).map((when) => when.toUTCString());
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.float().map(String), date), (value) => {
      expect(parseRetryAfter(value) ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('results are of a known type or unknown, whatever they contain', () => {
  const Type = fc.oneof(fc.string(), fc.constantFrom('urlDownload', 's3PreSigned', 's3', 'ipfs'));
  const Params = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('URL', 'PreSignedURL', 'SourceSpec', 'Bucket', 'Key', 'CID')),
    fc.oneof(fc.jsonValue(), fc.webUrl()),
  );
  fc.assert(
    fc.property(fc.array(fc.record({ Type, Params }, { requiredKeys: ['Type'] })), (items) => {
      expect(typedResults(items)).toHaveLength(items.length);
    }),
  );
});
