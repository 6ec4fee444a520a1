import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkUrl } from '../support/network.js';
import { SAMPLE_FOLDER, SAMPLE_TAR_SHA256 } from '../support/sample-folder.js';
import { printingJob, writingJob } from '../support/wasm-jobs.js';
import { writeFiles } from '../support/write-files.js';
import { CONSUMER_FILES } from './consumers.js';
import { execute, installPacked, workspace } from './install.js';
import { OLDEST_NODE, runtime } from './runtime.js';

let folder: string;
const current = process.execPath;
let oldest: string;

/** An application that has nothing but the packed packages. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-consumer-'));
  oldest = await runtime('Node 20.19');
  await installPacked(folder, ['bacalhau-apiclient', 'bacalhau-sdk']);
  for (const [name, content] of Object.entries(CONSUMER_FILES)) await writeFile(join(folder, name), content);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const { hostname, port } = new URL(networkUrl());

/** Runs a file of the application with nothing but the environment that Bacalhau's documentation names. */
async function run(node: string, file: string, env: Record<string, string> = {}, cwd = folder) {
  const { BACALHAU_DIR = await mkdtemp(join(folder, 'keys-')), ...rest } = env;
  const { stdout, stderr } = await execute(node, [file], {
    cwd,
    env: { PATH: process.env['PATH'], BACALHAU_API_HOST: hostname, BACALHAU_API_PORT: port, BACALHAU_DIR, ...rest },
  });
  const answer: unknown = JSON.parse(stdout);
  return { answer, stderr, keys: BACALHAU_DIR };
}

describe.each([
  ['the oldest supported Node', () => oldest],
  ['the Node of the workspace', () => current],
])('with %s', (_name, node) => {
  test.each(['seven-calls.mjs', 'seven-calls.cjs'])(
    '%s: the seven calls, configured by the environment alone',
    async (file) => {
      const { answer, stderr } = await run(node(), file, { TEST_JOB: JSON.stringify(await printingJob('packed')) });
      expect(answer).toEqual({
        node: node() === current ? process.versions.node : OLDEST_NODE,
        before: [],
        after: ['user_id.pem'],
        put: { JobID: expect.stringMatching(/^j-/), EvaluationID: expect.any(String), Warnings: null },
        state: 'Completed',
        stdout: 'packed',
        results: [{ Type: 'urlDownload', Params: { URL: expect.any(String) } }],
        history: expect.any(Number),
        listed: true,
        refused: 'NotFoundError',
      });
      expect(stderr).toBe('');
    },
  );

  test.each(['download.mjs', 'download.cjs'])('%s: results are downloaded', async (file) => {
    const { answer, stderr } = await run(node(), file, { TEST_JOB: JSON.stringify(await writingJob('packed')) });
    const files = ['exitCode', 'outputs/data.bin', 'stderr', 'stdout'];
    expect(answer).toEqual({ files, read: files, onDisk: 65_536, writtenBytes: 65_536 + 'packed0'.length });
    expect(stderr).toBe('');
  });

  test.each(['local-files.mjs', 'local-files.cjs'])('%s: a folder becomes the same tar', async (file) => {
    const TEST_FOLDER = await mkdtemp(join(folder, 'sample-'));
    await writeFiles(TEST_FOLDER, SAMPLE_FOLDER);
    expect(await run(node(), file, { TEST_FOLDER })).toMatchObject({ answer: SAMPLE_TAR_SHA256, stderr: '' });
  });

  test.each(['legacy.mjs', 'legacy.cjs'])('%s: the legacy entry points', async (file) => {
    expect((await run(node(), file)).answer).toMatchObject({
      refused: 'UnsupportedByServerError',
      methods: 'function',
    });
  });

  test.each(['raw.mjs', 'raw.cjs'])('%s: the generated client alone', async (file) => {
    expect((await run(node(), file)).answer).toMatchObject({ items: expect.any(Number) });
  });

  test('errors are recognised across the ESM and the CommonJS copy in one process', async () => {
    expect((await run(node(), 'copies.mjs')).answer).toEqual({ two: true, same: true, other: false });
  });
});

test('the oldest axios that the packages allow does as well', async () => {
  const { dependencies } = JSON.parse(
    await readFile(join(workspace, 'packages', 'bacalhau-sdk', 'package.json'), 'utf8'),
  );
  const oldestAxios = String(dependencies.axios).replace('^', '');
  const application = await mkdtemp(join(tmpdir(), 'bacalhau-axios-'));
  try {
    await installPacked(application, ['bacalhau-apiclient', 'bacalhau-sdk'], [`axios@${oldestAxios}`]);
    const installed = join(application, 'node_modules', 'axios', 'package.json');
    expect(JSON.parse(await readFile(installed, 'utf8')).version).toBe(oldestAxios);
    await writeFile(join(application, 'download.mjs'), CONSUMER_FILES['download.mjs'] ?? '');
    const job = JSON.stringify(await writingJob('packed'));
    const { answer, stderr } = await run(current, 'download.mjs', { TEST_JOB: job }, application);
    expect(answer).toMatchObject({ onDisk: 65_536 });
    expect(stderr).toBe('');
  } finally {
    await rm(application, { recursive: true, force: true });
  }
}, 120_000);

test('one signal for hundreds of calls is no leak to the oldest supported Node', async () => {
  const { Name: _, ...job } = await printingJob('packed');
  const { answer, stderr } = await run(oldest, 'one-signal.mjs', { TEST_JOB: JSON.stringify(job) });
  expect(answer).toEqual({ node: OLDEST_NODE, settled: 301, failed: [] });
  expect(stderr).toBe('');

  // It does warn of eleven listeners.
  const leak =
    'const { signal } = new AbortController(); for (let i = 0; i < 11; i++) signal.onabort = signal.addEventListener("abort", () => i);';
  expect((await execute(oldest, ['-e', leak])).stderr).toContain('MaxListenersExceededWarning');
}, 120_000);

test('several programs that start at once in an empty directory end with one key', async () => {
  const BACALHAU_DIR = join(folder, 'shared-keys');
  const runs = await Promise.all(Array.from({ length: 4 }, () => run(current, 'identity.mjs', { BACALHAU_DIR })));
  expect(new Set(runs.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
  expect(await readdir(BACALHAU_DIR)).toEqual(['user_id.pem']);
});

test('a directory that cannot be created causes one warning on standard error', async () => {
  await writeFile(join(folder, 'a-file'), '');
  const { stderr } = await run(current, 'debug.mjs', { BACALHAU_DIR: join(folder, 'a-file', 'keys') });
  expect(stderr).toMatch(/^bacalhau-sdk: Cannot create the file [^\n]*BACALHAU_DIR[^\n]*Continuing without a key\.\n$/);
});

test('the configuration is logged on request', async () => {
  const { stderr, keys } = await run(current, 'debug.mjs', { BACALHAU_SDK_LOG: 'debug' });
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    `bacalhau-sdk: Config dir (environment): ${keys}`,
    `bacalhau-sdk: Host is set to (environment): ${networkUrl()}`,
  ]);
});

describe('the declarations', () => {
  test.each(['nodenext', 'bundler', 'node10'])(
    'compile in an application with moduleResolution %s',
    async (resolution) => {
      const module = { nodenext: 'nodenext', bundler: 'esnext', node10: 'commonjs' }[resolution];
      const compilerOptions = {
        ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
        ...{
          target: 'es2022',
          lib: ['es2022', 'dom', 'esnext.disposable'],
          types: [],
          module,
          moduleResolution: resolution,
          // TypeScript 6 calls it deprecated; applications use it.
          ...(resolution === 'node10' && { ignoreDeprecations: '6.0' }),
        },
      };
      const config = join(folder, `tsconfig.${resolution}.json`);
      await writeFile(config, JSON.stringify({ compilerOptions, files: ['types.ts'] }));
      await execute(process.execPath, [join(workspace, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config]);
    },
    60_000,
  );

  test.each([
    ['index.d.mts', 'bacalhau-apiclient'],
    ['index.d.cts', 'bacalhau-apiclient'],
    ['legacy/index.d.mts', 'bacalhau-apiclient/legacy'],
    ['legacy/index.d.cts', 'bacalhau-apiclient/legacy'],
  ])('%s name no type of axios and re-export every wire type they mention', async (file, wireTypes) => {
    const text = await readFile(join(folder, 'node_modules', 'bacalhau-sdk', 'dist', file), 'utf8');
    expect(text).not.toMatch(/from ['"]axios|import ['"]axios/);
    const imported = new RegExp(`import \\{([^}]*)\\} from "${wireTypes}"`).exec(text)?.[1] ?? '';
    const mentioned = names(imported);
    const exported = new Set(names(/export \{([^}]*)\};?\s*(\/\/.*)?\s*$/.exec(text)?.[1] ?? ''));
    expect(mentioned).toContain('Job');
    expect(mentioned.filter((name) => !exported.has(name))).toEqual([]);
  });
});

/** The names in the braces of an import or export: bundling may import one under another. */
const names = (list: string): string[] =>
  [...list.matchAll(/(?:type )?(\w+)(?: as [\w$]+)?/g)].map(([, name = '']) => name);
