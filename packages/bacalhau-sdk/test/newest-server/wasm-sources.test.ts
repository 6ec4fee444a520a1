import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { inputs } from '../../src/builders/inputs.js';
import { wasm } from '../../src/builders/wasm.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { keyDirectory } from '../support/key-directory.js';
import { assemble, moduleOf } from '../support/wasm-jobs.js';

const dir = keyDirectory();
let folder: string;
let devnet: Devnet;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-modules-'));
  await writeFile(join(folder, 'hello.wasm'), await moduleOf('from the node', 0));
  devnet = await startDevnet({
    server: 'pinned',
    computeConfig: { Compute: { AllowListedLocalPaths: [`${folder}/**:ro`, `${folder}:ro`] } },
  });
}, 60_000);
afterAll(async () => {
  await devnet.stop();
  await rm(folder, { recursive: true });
});

const client = () => new Bacalhau({ baseUrl: devnet.url, env: {}, dir });

test('wasm: a module and an input are read from paths on the node', async () => {
  const input = inputs.local({ path: folder, target: '/data' });
  const { stdout } = await client().jobs.run(
    wasm({ module: { nodePath: join(folder, 'hello.wasm') }, inputs: [input] }),
  );
  expect(stdout).toBe('from the node');
});

test('wasm: a module is downloaded by the node', async () => {
  const bytes = await moduleOf('from the web', 0);
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { stdout } = await client().jobs.run(wasm({ module: new URL(`http://127.0.0.1:${port}/modules/web.wasm`) }));
  expect(stdout).toBe('from the web');
  server.close();
});

/** A module that writes what `text` of another one returns the place of. */
const importing = (lib: string): string => `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "${lib}" "letter" (func $letter (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 1))
    (i32.store8 (i32.const 8) (call $letter))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))`;
const LIBRARY = '(module (func (export "letter") (result i32) (i32.const 65)))';

test('wasm: a module imports others, which are inputs of their own or lie in one', async () => {
  const library = await assemble(LIBRARY, true);
  await writeFile(join(folder, 'lib.wasm'), library);
  const inline = inputs.inline({ content: library, target: '/lib.wasm', mediaType: 'application/wasm' });
  const own = wasm({ module: await assemble(importing('/lib.wasm'), true), importModules: [inline] });
  expect((await client().jobs.run(own)).stdout).toBe('A');

  const shared = wasm({
    module: await assemble(importing('/data/lib.wasm'), true),
    inputs: [inputs.local({ path: folder, target: '/data' })],
    importModules: [{ inputPath: '/data/lib.wasm' }],
  });
  expect((await client().jobs.run(shared)).stdout).toBe('A');
});

test('wasm: the module is an input, or lies in one', async () => {
  const input = inputs.local({ path: folder, target: '/data' });
  const inside = wasm({ module: { inputPath: '/data/hello.wasm' }, inputs: [input] });
  expect((await client().jobs.run(inside)).stdout).toBe('from the node');
  const own = inputs.local({ path: join(folder, 'hello.wasm'), target: '/hello.wasm' });
  expect((await client().jobs.run(wasm({ module: own }))).stdout).toBe('from the node');
});

test('a publisher that no node has fails the job with a cause that names it', async () => {
  const spec = wasm({ module: await moduleOf('x', 0), publisher: 'ipfs' });
  await expect(client().jobs.run(spec)).rejects.toThrow(/ipfs/i);
});
