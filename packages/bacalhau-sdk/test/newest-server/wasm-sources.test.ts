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
import { moduleOf } from '../support/wasm-jobs.js';

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

test('a publisher that no node has fails the job with a cause that names it', async () => {
  const spec = wasm({ module: await moduleOf('x', 0), publisher: { Type: 'ipfs' } });
  await expect(client().jobs.run(spec)).rejects.toThrow(/ipfs/i);
});
