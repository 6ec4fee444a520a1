import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const dist = join(__dirname, '..', '..', 'dist');
const built = join(dist, 'index.cjs');

/** What jest loads by `require` runs in a vm, where `import()` fails: the CommonJS build must not have one left. */
const sdk = (): typeof import('../../src/index.js') => jest.requireActual(built);
const signatures = (): typeof import('../../src/signatures/entry.js') =>
  jest.requireActual(join(dist, 'signatures', 'index.cjs'));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bacalhau-built-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the CommonJS build reads YAML, creates keys, signs and verifies within jest', async () => {
  const { Bacalhau, Ed25519Identity, RsaIdentity } = sdk();
  const { importPublicKey, MemoryReplayCache, signRequest, verifyRequest } = signatures();
  await writeFile(join(dir, 'config.yaml'), 'api: { port: 5 }');
  expect((await new Bacalhau({ dir, env: {} }).config()).baseUrl).toBe('http://127.0.0.1:5');
  for (const key of [await Ed25519Identity.generate(), await RsaIdentity.generate()]) {
    const request = { method: 'GET', url: 'http://h/', headers: {} };
    const headers = await signRequest({ ...request, body: new Uint8Array() }, key);
    const known = await importPublicKey(key.publicKey);
    const options = {
      authority: 'h',
      key: (id: string) => (id === known.keyId ? known : undefined),
      replayCache: new MemoryReplayCache({ since: 0 }),
    };
    expect((await verifyRequest({ ...request, headers }, options)).keyId).toBe(key.clientId);
  }
});

test('the CommonJS build opens a tunnel within jest', async () => {
  const { Bacalhau } = sdk();
  const asked = new Promise<string>((resolve) => {
    const proxy = createServer((socket) =>
      socket.once('data', (data) => {
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
        proxy.close();
        resolve(data.toString().split('\r\n')[0] ?? '');
      }),
    ).listen(0, '127.0.0.1', () => {
      const address = proxy.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const options = {
        dir,
        env: {},
        baseUrl: 'https://orchestrator.test:9',
        proxy: `http://127.0.0.1:${port}`,
        maxRetries: 0,
      };
      new Bacalhau(options).jobs.list().catch(() => undefined);
    });
  });
  expect(await asked).toBe('CONNECT orchestrator.test:9 HTTP/1.1');
});

test('importing the package loads neither logs, results, runs nor logins, nor the signature library', async () => {
  const program = `
    const { Bacalhau, Ed25519Identity } = require(${JSON.stringify(built)});
    // The files of this package without the hashes in their names, and the packages that not every program needs.
    const loaded = () => Object.keys(require.cache).flatMap((file) => {
      const [, own] = /bacalhau-sdk.dist.(.*?)(?:-[\\w-]{8})?\\.cjs$/.exec(file) ?? [];
      const [, late] = /node_modules.(yaml|ws|structured-headers)\\b/.exec(file) ?? [];
      return own ?? late ?? [];
    });
    new Bacalhau({ dir: ${JSON.stringify(dir)}, env: {} });
    const before = loaded();
    Ed25519Identity.generate().then(() => {
      const after = loaded().filter((name) => !before.includes(name));
      console.log(JSON.stringify({ before, after }));
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  const { before, after }: { before: string[]; after: string[] } = JSON.parse(stdout);
  expect(before.sort()).toEqual([
    ...['base', 'builders', 'core', 'index', 'keys', 'platform/node/index', 'result-inputs', 'rolldown-runtime'],
  ]);
  expect(after).toEqual(['ed25519']);
});
