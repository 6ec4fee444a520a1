import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import webpack, { type Configuration, type Stats } from 'webpack';
import { stringify } from 'yaml';
import { freshName, networkUrl } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { execute, installPacked, workspace } from './install.js';
import { type RuntimeName, runtime } from './runtime.js';

const NODES: readonly RuntimeName[] = ['Node 20.19', 'Node 22', 'Node 24', 'Node 26'];
const RUNTIMES: readonly RuntimeName[] = [...NODES, 'Deno', 'Bun'];
const tsc = join(workspace, 'node_modules', 'typescript', 'bin', 'tsc');

let folder: string;
let jobFile: string;
const directories: string[] = [];

/** The job prints and writes a file. Docker runs it, because only its logs are streamed. */
const job = () => ({
  Name: freshName('runtimes'),
  Type: 'batch',
  Count: 1,
  Tasks: [
    {
      Name: 'main',
      Engine: {
        Type: 'docker',
        Params: {
          Image: process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest',
          Entrypoint: ['sh', '-c'],
          Parameters: ['echo hello; sleep 1; echo again; head -c 65536 /dev/urandom > /outputs/data.bin'],
        },
      },
      Publisher: { Type: 'local' },
      ResultPaths: [{ Name: 'outputs', Path: '/outputs' }],
    },
  ],
});

const streamed = { exitCode: 1, 'outputs/data.bin': 65_536, stderr: 0, stdout: 'hello\nagain\n'.length };
const report = {
  ...{ state: 'Completed', printed: 'hello\nagain\n', upgraded: true, downloaded: Object.keys(streamed), streamed },
  ...{ allSigned: true, verified: true, notFound: true, listed: 1 },
};

/** The environment of an application: nothing but what Bacalhau's documentation names. */
async function environment(): Promise<Record<string, string>> {
  const { hostname, port } = new URL(networkUrl());
  const keys = await mkdtemp(join(folder, 'keys-'));
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    BACALHAU_API_HOST: hostname,
    BACALHAU_API_PORT: port,
    BACALHAU_DIR: keys,
  };
}

/** Runs a program of the project, and gives what it printed. */
async function run(program: string, args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await execute(program, args, { cwd: folder, env: await environment(), timeout: 90_000 });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

async function freshDirectory(): Promise<string> {
  const directory = await mkdtemp(join(folder, 'results-'));
  directories.push(directory);
  return directory;
}

const compilerOptions = {
  ...{ target: 'es2022', lib: ['es2022', 'dom', 'esnext.disposable'], types: [], strict: true, outDir: '.' },
  ...{ exactOptionalPropertyTypes: true, rewriteRelativeImportExtensions: true, skipLibCheck: false },
};

/** One source, seen as a module of the kind that the nearest package.json says. */
async function compile(kind: 'esm' | 'cjs', resolution: 'node16' | 'nodenext'): Promise<void> {
  const target = join(folder, kind);
  await mkdir(target, { recursive: true });
  await writeFile(
    join(target, 'package.json'),
    JSON.stringify({ private: true, type: kind === 'esm' ? 'module' : 'commonjs' }),
  );
  for (const file of ['work.ts', 'main.ts', 'page.ts']) await cp(join(__dirname, 'project', file), join(target, file));
  const options = { ...compilerOptions, module: resolution, moduleResolution: resolution };
  await writeFile(
    join(target, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['main.ts', 'page.ts'] }),
  );
  await execute(process.execPath, [tsc, '-p', target]);
}

/** Bundles a compiled file as ES modules, and gives the first. A warning is an error. */
async function bundleByWebpack(file: string, options: Configuration): Promise<string> {
  const outdir = join(folder, 'webpack', file);
  const configuration: Configuration = {
    ...{ mode: 'production', context: folder, entry: join(folder, 'esm', file) },
    ...{
      output: { path: outdir, filename: 'main.mjs', module: true },
      experiments: { outputModule: true },
      ...options,
    },
  };
  const stats = await new Promise<Stats | undefined>((resolve, reject) => {
    webpack(configuration, (error, done) => (error ? reject(error) : resolve(done)));
  });
  const { errors, warnings } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
  expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
  return join(outdir, 'main.mjs');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-runtimes-'));
  jobFile = join(folder, 'job.yaml');
  await installPacked(folder, ['bacalhau-apiclient', 'bacalhau-sdk', 'bacalhau-devnet']);
  for (const file of await readdir(join(__dirname, 'project'))) {
    await cp(join(__dirname, 'project', file), join(folder, file));
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => writeFile(jobFile, stringify(job())));

describe('the licences are there', () => {
  const inPackage = (name: string, file: string) => readFile(join(folder, 'node_modules', name, file), 'utf8');

  /** The packages whose code is in the files of a package, as its source maps have them. */
  async function bundled(name: string): Promise<string[]> {
    const dist = join(folder, 'node_modules', name, 'dist');
    const maps = (await readdir(dist, { recursive: true })).filter((file) => /js\.map$/.test(file));
    const sources = await Promise.all(
      maps.map(async (file): Promise<string[]> => JSON.parse(await readFile(join(dist, file), 'utf8')).sources),
    );
    const names = sources.flat().flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    return [...new Set(names)].sort();
  }

  test.each(['bacalhau-apiclient', 'bacalhau-sdk', 'bacalhau-devnet'])('of %s itself', async (name) => {
    expect(await inPackage(name, 'LICENSE')).toBe(await readFile(join(workspace, 'LICENSE'), 'utf8'));
  });

  test('of all that is bundled', async () => {
    const notices = await inPackage('bacalhau-sdk', 'THIRD-PARTY-NOTICES.md');
    const named = [...notices.matchAll(/^## (\S+)$/gm)].map(([, name]) => name).sort();
    expect(await bundled('bacalhau-sdk')).toEqual(named);
    expect(await bundled('bacalhau-apiclient')).toEqual([]);
    expect(await bundled('bacalhau-devnet')).toEqual([]);
  });
});

describe('the declarations compile', () => {
  test.each([
    ['esm', 'node16'],
    ['cjs', 'node16'],
    ['esm', 'nodenext'],
    ['cjs', 'nodenext'],
  ] as const)('as %s with moduleResolution %s', (kind, resolution) => compile(kind, resolution), 60_000);

  test('with moduleResolution bundler', async () => {
    const options = { ...compilerOptions, module: 'esnext', moduleResolution: 'bundler', outDir: 'unused' };
    const config = join(folder, 'tsconfig.bundler.json');
    await writeFile(config, JSON.stringify({ compilerOptions: options, files: ['main.ts', 'page.ts'] }));
    await execute(process.execPath, [tsc, '-p', config]);
  }, 60_000);
});

describeWith(['docker'], 'an application', () => {
  /** Everything that differs between runtimes in how a program is started. */
  const start = async (which: RuntimeName, file: string): Promise<unknown> => {
    const program = await runtime(which);
    const options = which === 'Deno' ? ['run', '--allow-all', '--quiet'] : which === 'Bun' ? ['run'] : [];
    return run(program, [...options, file, jobFile, await freshDirectory()]);
  };

  test.each(RUNTIMES.flatMap((which) => ['esm', 'cjs'].map((kind) => [which, kind] as const)))(
    'works in %s as %s',
    async (which, kind) => {
      expect(await start(which, join(kind, 'main.js'))).toEqual(report);
    },
    300_000,
  );

  test.each(['Deno', 'Bun'] as const)(
    'works in %s from its TypeScript source',
    async (which) => {
      expect(await start(which, join('esm', 'main.ts'))).toEqual(report);
    },
    300_000,
  );

  test.each(['esm', 'cjs'] as const)(
    'works in the oldest Node, bundled by esbuild as %s',
    async (format) => {
      const outfile = join(folder, `bundled.${format === 'esm' ? 'mjs' : 'cjs'}`);
      await build({
        entryPoints: [join(folder, 'main.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        format,
        // What bundlers leave to their users: CommonJS packages inside of ESM need a `require`.
        ...(format === 'esm' && {
          banner: {
            js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
          },
        }),
        logLevel: 'error',
      });
      expect(await start('Node 20.19', outfile)).toEqual(report);
    },
    120_000,
  );

  test('works in the oldest Node, bundled by webpack', async () => {
    const outfile = await bundleByWebpack('main.js', {
      ...{ target: 'node20.19', optimization: { minimize: false } },
      // Of `ws` and `debug`, which do without them; webpack warns of what is not installed.
      resolve: { alias: { bufferutil: false, 'utf-8-validate': false, 'supports-color': false } },
    });
    expect(await start('Node 20.19', outfile)).toEqual(report);
  }, 120_000);

  test.each(['Node 20.19', 'Node 24'] as const)(
    'works under jest in %s',
    async (which) => {
      const answer = join(folder, 'report.json');
      const jest = join(workspace, 'node_modules', 'jest', 'bin', 'jest.js');
      const options = ['--rootDir', folder, '--testMatch', '**/work.test.cjs'];
      await execute(await runtime(which), [jest, ...options], {
        cwd: folder,
        env: { ...(await environment()), JOB_FILE: jobFile, DIRECTORY: await freshDirectory(), REPORT: answer },
      });
      expect(JSON.parse(await readFile(answer, 'utf8'))).toEqual(report);
    },
    120_000,
  );

  describe('of a browser', () => {
    const load = async (script: string): Promise<unknown> =>
      run(process.execPath, [join(folder, 'run-page.mjs'), script, networkUrl(), jobFile]);
    const { state, printed } = report;

    test('works bundled by esbuild', async () => {
      const outdir = join(folder, 'esbuild');
      await build({
        entryPoints: [join(folder, 'page.ts')],
        outdir,
        ...{ bundle: true, splitting: true, minify: true, platform: 'browser', format: 'esm', logLevel: 'error' },
      });
      expect(await load(join(outdir, 'page.js'))).toEqual({ state, printed, streamed });
    }, 120_000);

    test('works bundled by webpack', async () => {
      const outfile = await bundleByWebpack('page.js', { target: ['web', 'es2022'] });
      expect(await load(outfile)).toEqual({ state, printed, streamed });
    }, 120_000);

    test('works built by Vite', async () => {
      await execute(join(__dirname, '../../node_modules/.bin/vite'), ['build', folder, '--logLevel', 'warn'], {
        cwd: folder,
      });
      const assets = join(folder, 'dist', 'assets');
      const [script = ''] = (await readdir(assets)).filter((name) => /^index-.*\.js$/.test(name));
      expect(await load(join(assets, script))).toEqual({ state, printed, streamed });
    }, 120_000);
  });
});

test.each(NODES)(
  'a network is started from its package in %s',
  async (which) => {
    const file = join(folder, 'start.mjs');
    await writeFile(
      file,
      `import { startDevnet } from 'bacalhau-devnet';
    import { Bacalhau } from 'bacalhau-sdk';
    const devnet = await startDevnet();
    const { Status } = await new Bacalhau({ baseUrl: devnet.url, dir: devnet.dir }).agent.alive();
    await devnet.stop();
    console.log(JSON.stringify(Status));`,
    );
    const { stdout } = await execute(await runtime(which), [file], { cwd: folder });
    expect(JSON.parse(stdout)).toBe('OK');
  },
  120_000,
);
