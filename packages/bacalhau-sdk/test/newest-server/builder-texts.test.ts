import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Constraint, InputSource, SpecConfig } from 'bacalhau-apiclient';
import fc from 'fast-check';
import { parse } from 'yaml';
import { docker } from '../../src/builders/docker.js';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import type { JobInput } from '../../src/spec/index.js';
import { dryRun } from '../support/cli-dry-run.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bacalhau-texts-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What the command line makes of an option, or undefined if it refuses it. */
async function byCli(option: string, text: string): Promise<JobInput | undefined> {
  const run = await dryRun(['docker', 'run', `${option}=${text}`, 'ubuntu'], '', dir);
  return 'job' in run ? parse(run.job) : undefined;
}

type Settings = Omit<Parameters<typeof docker>[0], 'image'>;

/** What a builder makes of the same, or the message of its error. */
function byBuilder(settings: Settings): JobInput | string {
  try {
    return docker({ image: 'ubuntu', ...settings });
  } catch (error) {
    if (error instanceof InvalidJobError) return error.message;
    throw error;
  }
}

/** Texts that the command line takes and a builder does not: what would be ignored, or fail later. */
const REFUSED_HERE_ONLY = [
  /has the target .* Pass an absolute path/,
  /names a path in .* Pass the content id only/,
  /has the option .* which is not known/,
  /^(bucket|key|cid) is missing/,
  /encoding .* Use gzip or plain/,
];

interface Comparison<T> {
  readonly option: string;
  readonly texts: readonly string[];
  readonly settings: (text: string) => Settings;
  readonly read: (job: JobInput) => T;
}

async function compare<T>({
  option,
  texts,
  settings,
  read,
}: Comparison<T>): Promise<{ same: number; refused: number }> {
  const seen = { same: 0, refused: 0 };
  for (const text of texts) {
    const [theirs, ours] = [await byCli(option, text), byBuilder(settings(text))];
    if (typeof ours === 'string') {
      const isKnown = theirs === undefined || REFUSED_HERE_ONLY.some((reason) => reason.test(ours));
      expect({ text, ours, isKnown }).toEqual({ text, ours, isKnown: true });
      seen.refused += 1;
    } else {
      expect({ text, read: read(ours) }).toEqual({ text, read: theirs && read(theirs) });
      seen.same += 1;
    }
  }
  return seen;
}

const sample = (texts: fc.Arbitrary<string>, count: number): string[] => fc.sample(texts, { numRuns: count, seed: 7 });
const one = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((pieces) => pieces.join(''));

describe('constraints as text', () => {
  const space = one('', '', ' ', '  ', '\t');
  const key = fc.oneof(
    { weight: 20, arbitrary: one('region', 'gpu', 'a.b/c-d', 'A_b.c', 'x1', 'in', 'notin') },
    { weight: 1, arbitrary: one('-x', 'x-', 'a/b/c', 'A.b/c', 'x'.repeat(64), '', 'é') },
  );
  const value = fc.oneof(
    { weight: 20, arbitrary: one('eu', 'us-1', '5', 'a.b_c', '', 'in', 'notin', '-5') },
    { weight: 1, arbitrary: one('-x', 'a/b', 'x'.repeat(64), 'a b', '(', '=') },
  );
  const operator = one('=', '==', '!=', '>', '<', ' in ', ' notin ', ' like ');
  const values = joined(
    one('('),
    fc.array(value, { minLength: 0, maxLength: 3 }).map((list) => list.join(', ')),
    one(')'),
  );
  const constraint = fc.oneof(
    key,
    joined(one('!'), space, key),
    joined(key, space, one('=', '==', '!=', '>', '<'), space, value),
    joined(key, one(' in ', ' notin ', ' in', '\tnotin\t'), values),
    { weight: 1, arbitrary: joined(key, operator, fc.oneof(value, values)) },
  );
  const text = fc
    .array(constraint, { minLength: 1, maxLength: 3 })
    .chain((list) => one(', ', ',', ' ,', ';').map((comma) => list.join(comma)));

  test('100 of them mean what the command line takes them for', async () => {
    const sorted = (constraints: readonly Constraint[] | null = []): string[] =>
      (constraints ?? [])
        .map(({ Key, Operator, Values }) => JSON.stringify([Key, Operator, [...(Values ?? [])].sort()]))
        .sort();
    const seen = await compare({
      option: '--constraints',
      texts: ['', ' ', ...sample(text, 100)],
      settings: (constraints) => ({ constraints }),
      read: (job) => sorted(job.Constraints),
    });
    expect(seen.same).toBeGreaterThan(30);
    expect(seen.refused).toBeGreaterThan(15);
  });
});

/** Removes what means the same as if it were not there. */
const withoutBlanks = (params: object = {}): object =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, value]) => value !== '' && value !== false && value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), value]),
  );
const specOf = ({ Type, Params }: SpecConfig): object => ({
  // The older name of the same source.
  Type: Type === 'localDirectory' ? 'local' : Type,
  Params: withoutBlanks(Params),
});

describe('inputs as text', () => {
  const source = one(
    ...['s3://bucket/key', 's3://bucket/folder/', 's3://bucket/a*', 's3://bucket', 'ipfs://QmX', 'ipfs://QmX/file'],
    ...[
      'https://example.org/a.csv',
      'http://127.0.0.1:8080/a.csv',
      'file:///data',
      'file:///data/a b',
      'file://data/x',
    ],
    ...['git://example.org/a', 'QmX', '/data', 's3:///key', ''],
  );
  const target = one('/in', '/in/a', '/in.txt', '/', 'in');
  const option = fc.oneof(
    { weight: 4, arbitrary: one('') },
    { weight: 2, arbitrary: one(',opt=region=eu', ',opt=endpoint=https://s3:9000', ',opt=rw=true', ',opt=rw=0') },
    { weight: 1, arbitrary: one(',opt=filter=a.*', ',option=versionID=v', ',opt=checksum256=c=', ',opt=regon=eu') },
    { weight: 1, arbitrary: one(',region=eu', ',x', ',opt=rw=maybe') },
  );
  const short = joined(source, joined(one(':'), target), option);
  const long = joined(
    one('src=', 'source=', 'SRC='),
    source,
    one(',dst=', ',target=', ',destination='),
    target,
    option,
  );

  test('100 of them mean what the command line takes them for', async () => {
    const seen = await compare({
      option: '--input',
      texts: ['s3://bucket/key', 'ipfs://QmX', 'file:///data', ...sample(fc.oneof(short, long), 100)],
      settings: (input) => ({ inputs: [input] }),
      read: (job) =>
        (job.Tasks[0]?.InputSources ?? []).map(({ Source, Target }: InputSource) => ({ ...specOf(Source), Target })),
    });
    expect(seen.same).toBeGreaterThan(25);
    expect(seen.refused).toBeGreaterThan(25);
  });

  test('the port of a URL without a target is not taken for one', () => {
    const { Tasks } = docker({ image: 'ubuntu', inputs: ['http://127.0.0.1:8080/a.csv'] });
    expect(Tasks[0]?.InputSources).toEqual([
      { Source: { Type: 'urlDownload', Params: { URL: 'http://127.0.0.1:8080/a.csv' } }, Target: '/inputs' },
    ]);
  });
});

test('publishers as text mean what the command line takes them for', async () => {
  const seen = await compare({
    option: '--publisher',
    texts: [
      ...[
        'local',
        'ipfs',
        's3managed',
        'ipfs://',
        's3://bucket/key',
        's3://bucket/a/{jobID}',
        's3://bucket',
        'none',
        '',
      ],
      ...['s3://bucket/key,opt=region=eu', 's3://bucket/key,opt=endpoint=https://s3:9000,opt=encoding=plain'],
      ...['s3,opt=bucket=b,opt=key=k', 'target=s3://bucket/key', 'dst=local', 'src=local', 'local,opt=a=b', 'local,x'],
      ...['s3://bucket/key,opt=encoding=zip', 's3://bucket/key,opt=zone=a', 'S3://bucket/key', 'file:///data'],
    ],
    settings: (publisher) => ({ publisher }),
    read: (job) => job.Tasks[0]?.Publisher && specOf(job.Tasks[0].Publisher),
  });
  expect(seen.same).toBeGreaterThan(8);
  expect(seen.refused).toBeGreaterThan(4);
});
