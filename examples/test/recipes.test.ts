/** The programs of examples/recipes do what docs/recipes.md says of them. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { runtime } from '../../packages/bacalhau-sdk/test/packed/runtime.js';
import { helloModule } from '../lib/hello-module.js';
import { createApp as createExpress } from '../recipes/express/app.js';
import { createApp as createFastify } from '../recipes/fastify/app.js';

jest.setTimeout(180_000);

const examples = join(__dirname, '..');
const url = process.env['BACALHAU_TEST_URL'] ?? '';
const { hostname, port } = new URL(url);
const HELLO = 'Hello from a recipe';
const EVENTS = `event: stdout\ndata: ${JSON.stringify(`${HELLO}\n`)}\n\nevent: end\ndata: "Completed"\n\n`;
const MISSING = 'j-00000000-0000-4000-8000-000000000000';

let folder: string;
/** A copy in a folder with nothing but the packages: no settings of this repository help. */
let recipes: string;
let bacalhau: Bacalhau;
let id: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-recipes-'));
  recipes = join(folder, 'recipes');
  for (const name of ['recipes', 'lib']) await cp(join(examples, name), join(folder, name), { recursive: true });
  await linkModules(join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  Object.assign(process.env, { BACALHAU_API_HOST: hostname, BACALHAU_API_PORT: port, BACALHAU_DIR: folder });
  bacalhau = new Bacalhau();
  ({ jobId: id } = await bacalhau.jobs.run(wasm({ module: await helloModule(HELLO) })));
});
afterAll(async () => {
  await bacalhau.close();
  await rm(folder, { recursive: true, force: true });
});

/** Makes the packages those of the folder. The SDK is there as it is published: sources and settings beside it would be found. */
async function linkModules(modules: string): Promise<void> {
  const sdk = join(examples, '..', 'packages', 'bacalhau-sdk');
  const own = join(modules, 'bacalhau-sdk');
  await mkdir(own, { recursive: true });
  for (const name of await readdir(join(examples, 'node_modules'))) {
    if (name !== 'bacalhau-sdk') await symlink(join(examples, 'node_modules', name), join(modules, name));
  }
  for (const name of ['package.json', 'dist']) await cp(join(sdk, name), join(own, name), { recursive: true });
  await symlink(join(sdk, 'node_modules'), join(own, 'node_modules'));
}

/** Runs a program as its first line says, in its folder. */
const execute = (program: string, ...args: readonly string[]) =>
  promisify(execFile)(program, [...args], { cwd: recipes, env: process.env, timeout: 150_000 });
const node = (...args: readonly string[]) => execute(process.execPath, ...args);
const bin = (name: string): string => join(examples, 'node_modules', '.bin', name);

describe.each([
  [
    'Express',
    async () => {
      const server = createExpress(bacalhau).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return {
        origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () => new Promise((resolve) => server.close(resolve)),
      };
    },
  ],
  [
    'Fastify',
    async () => {
      const app = createFastify(bacalhau);
      return { origin: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
    },
  ],
])('%s', (_name, start) => {
  test('streams the output of a job as events, and sends its files', async () => {
    const { origin, close } = await start();
    const events = await fetch(`${origin}/jobs/${id}/events`);
    expect([events.headers.get('content-type'), await events.text()]).toEqual(['text/event-stream', EVENTS]);
    const file = await fetch(`${origin}/jobs/${id}/files/stdout`);
    expect(file.headers.get('content-length')).toBe(`${HELLO.length + 1}`);
    expect(await file.text()).toBe(`${HELLO}\n`);
    for (const path of [`${MISSING}/events`, `${MISSING}/files/stdout`, `${id}/files/out/missing`]) {
      expect([path, (await fetch(`${origin}/jobs/${path}`)).status]).toEqual([path, 404]);
    }
    await close();
  });
});

test('Next: a route handler streams events, and a server action submits', async () => {
  const { GET } = await import('../recipes/next/route.js');
  const response = await GET(new Request('http://localhost/'), { params: Promise.resolve({ id }) });
  expect(await response.text()).toBe(EVENTS);

  const { runModule } = await import('../recipes/next/actions.js');
  const form = new FormData();
  await expect(runModule(form)).rejects.toThrow('Choose a module');
  form.set('module', new File([new Uint8Array(await helloModule('of a form'))], 'hello.wasm'));
  expect((await bacalhau.jobs.handle(await runModule(form)).result()).stdout).toBe('of a form\n');
});

test('Workers: a function returns a file', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(recipes, 'worker', 'worker.ts')],
    ...{ bundle: true, write: false, platform: 'browser', format: 'esm' },
    conditions: ['workerd', 'worker', 'module'],
  });
  const script = outputFiles[0]?.text ?? '';
  const bindings = { BACALHAU_URL: url, BACALHAU_API_KEY: 'unused-by-an-open-server' };
  const worker = new Miniflare({ modules: true, script, bindings, compatibilityDate: '2026-04-01', cf: false });
  try {
    expect(await (await worker.dispatchFetch(`http://localhost/${id}/stdout`)).text()).toBe(`${HELLO}\n`);
  } finally {
    await worker.dispose();
  }
});

test('Lambda: a function in one file returns the result of a job', async () => {
  const bundle = join(folder, 'handler.mjs');
  await node('lambda/build.mjs', bundle);
  const program = `const { handler } = await import(process.argv[1]);
    console.log(JSON.stringify(await handler({ jobId: process.argv[2] }))); process.exit();`;
  const { stdout } = await node('--input-type=module', '--eval', program, bundle, id);
  expect(JSON.parse(stdout)).toEqual({ exitCode: 0, stdout: `${HELLO}\n` });
});

test('Deno: a program works with the permissions that its first line names', async () => {
  const [, command = ''] =
    /^\/\/ deno (.*) main\.ts JOB$/m.exec(await readFile(join(recipes, 'deno', 'main.ts'), 'utf8')) ?? [];
  const permissions = command.replace('bacalhau.example.org', hostname).split(' ');
  // Deno finds packages in the folder of a workspace only.
  const options = { cwd: join(examples, 'recipes', 'deno'), env: process.env };
  const args = [...permissions, '--quiet', '--no-prompt', 'main.ts', id];
  const { stdout, stderr } = await promisify(execFile)(await runtime('Deno'), args, options);
  expect([stdout, stderr]).toEqual([`${HELLO}\n`, '']);
});

describe('a page that is bundled by', () => {
  /** What the bundle in a folder has, and what the page in it shows. */
  async function pageIn(directory: string) {
    const files = (await readdir(directory)).filter((name) => name.endsWith('.js'));
    const program = `const { showOutput } = await import(process.argv[1]);
      console.log(await showOutput(process.argv[2], process.argv[3])); process.exit();`;
    const page = join(directory, 'page.js');
    const { stdout } = await node('--input-type=module', '--eval', program, page, url, id);
    return { files, stdout: stdout.trim(), bytes: (await stat(page)).size };
  }

  test('esbuild, with and without splitting', async () => {
    await node('bundlers/esbuild.mjs', folder);
    const [whole, split] = [await pageIn(join(folder, 'whole')), await pageIn(join(folder, 'split'))];
    expect([whole.files, whole.stdout, split.stdout]).toEqual([['page.js'], HELLO, HELLO]);
    expect(split.files.length).toBeGreaterThan(1);
    expect(split.bytes).toBeLessThan(whole.bytes);
  });

  test('Rollup', async () => {
    const directory = join(folder, 'rollup');
    const { stderr } = await execute(bin('rollup'), '-c', 'bundlers/rollup.config.mjs', '-d', directory);
    expect(stderr).not.toMatch(/warn/i);
    expect((await pageIn(directory)).stdout).toBe(HELLO);
  });
});

describe('code is tested with', () => {
  test('node:test', async () => {
    expect((await node('--test', 'testing/node-test.mjs')).stdout).toMatch(/pass 1\b/);
  });

  test('vitest', async () => {
    const { stdout } = await execute(bin('vitest'), 'run', '--root', 'testing', '--no-color');
    expect(stdout).toMatch(/Tests\s+1 passed/);
  });
});
