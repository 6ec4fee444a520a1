import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { BacalhauError } from '../../src/errors/base.js';
import { ConfigurationError, InvalidJobError } from '../../src/errors/client-errors.js';
import { parseRetryAfter } from '../../src/http/retry-policy.js';
import { parseJob } from '../../src/job-files/index.js';
import { typedResults } from '../../src/results/typed-results.js';
import { faultServer, json } from '../support/fault-server.js';
import { within } from '../support/within.js';

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

  test('is read, or what is wrong with it is said', async () => {
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

test('the text of a job is a job, or what is wrong with it is said', async () => {
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

test('Retry-After is a time to wait, or nothing', () => {
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

describe('an answer', () => {
  const event = {
    Type: 'JobLevel',
    Time: '2024-01-01T00:00:00Z',
    Event: { Message: 'm', Topic: 't', Details: { IsError: 'true' } },
  };
  const execution = {
    ID: 'e-1',
    NodeID: 'n-1',
    JobID: 'j-1',
    ComputeState: { StateType: 9 },
    RunOutput: { Stdout: '', ExitCode: 0 },
  };
  const Job = { ID: 'j-1', Type: 'batch', Version: 1, Tasks: [], State: { StateType: 'Failed', Message: 'm' } };
  const whole = { NextToken: '', Items: [event, execution, Job], Nodes: [], Job, GitVersion: 'v1.9.3' };

  /** The answer with one of its parts, at any depth, replaced by any JSON. */
  const spoilt = fc.tuple(fc.nat(), fc.jsonValue()).map(([at, other]) => {
    let left = at % 45;
    return JSON.parse(JSON.stringify(whole), (_key, value: unknown) => (left-- === 0 ? other : value)) as unknown;
  });

  const calls: Readonly<Record<string, (bacalhau: Bacalhau) => Promise<unknown>>> = {
    history: async (bacalhau) => {
      for await (const _ of bacalhau.jobs.history('j-1', { limit: 2 }));
    },
    list: async (bacalhau) => {
      for await (const _ of bacalhau.jobs.list({ limit: 2 }));
    },
    executions: async (bacalhau) => bacalhau.jobs.executions('j-1'),
    get: async (bacalhau) => bacalhau.jobs.get('j-1'),
    wait: (bacalhau) => bacalhau.jobs.handle('j-1').wait({ timeoutMs: 60 }),
    run: async (bacalhau) =>
      bacalhau.jobs.run(
        { Type: 'batch', Tasks: [{ Name: 'a', Engine: { Type: 'docker', Params: { Image: 'i' } } }] },
        { timeoutMs: 60 },
      ),
    results: (bacalhau) => bacalhau.jobs.handle('j-1').typedResults(),
  };

  test.each(Object.keys(calls))(
    'to %s of any shape is taken, or refused as unexpected',
    async (name) => {
      let answer: unknown;
      let asked = 0;
      await using server = await faultServer((response) => {
        asked += 1;
        // A list whose token never ends would be walked for ever, and rightly so.
        json(response, 200, asked % 5 === 0 ? whole : answer);
      });
      await fc.assert(
        fc.asyncProperty(spoilt, async (body) => {
          answer = body;
          await using bacalhau = new Bacalhau({
            baseUrl: server.url,
            env: {},
            auth: false,
            logLevel: 'off',
            maxRetries: 0,
          });
          const failure = await within(20_000, name, outcomeOf(calls[name]?.(bacalhau) ?? Promise.reject(name)));
          if (failure !== undefined && !(failure instanceof BacalhauError)) throw failure;
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );
});
