import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { catModule } from '../support/cat-module.js';
import { describeWith } from '../support/requirements.js';
import { awsVariables, s3Bucket, s3Credentials } from '../support/s3-server.js';
import { writeFiles } from '../support/write-files.js';
import { execute, installPacked } from './install.js';
import { type RuntimeName, runtime } from './runtime.js';

/** Sends a folder by S3 and a file from the program itself, and prints whether jobs found what was sent. */
const PROGRAM = `
import { readFile } from 'node:fs/promises';
import { Bacalhau, inputs, wasm } from 'bacalhau-sdk';
const { TEST_S3, TEST_PREFIX } = process.env;
const bacalhau = new Bacalhau();
const text = await readFile('data/text', 'utf8');
let progress;
const run = async (path, parameter, target, via) => {
  const input = inputs.files(path, { target, via });
  const job = wasm({ module: './cat.wasm', parameters: [parameter], inputs: [input] });
  return (await bacalhau.jobs.run(job)).stdout === text;
};
const s3 = { ...JSON.parse(TEST_S3), prefix: TEST_PREFIX, onProgress: (now) => (progress = now) };
const stored = await run('data', 'in/text', '/in', { s3 });
const first = progress;
await run('data', 'in/text', '/in', { s3 });
const served = await run('data/text', 'in/a b', '/in/a b', { serve: { host: '127.0.0.1' } });
await bacalhau.close();
console.log(JSON.stringify({ stored, served, first, again: progress }));
`;

/** In bytes. Nodes cut what a WebAssembly program writes first after 2,049 bytes (1.9.3). */
const SIZES = { text: 2_000, 'deep/parts': 17 * 1024 * 1024, empty: 0 };

describeWith(['s3'], 'files of this machine', () => {
  const keys = awsVariables(s3Credentials);
  let folder: string;
  let network: Devnet;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bacalhau-uploads-'));
    network = await startDevnet({ server: 'pinned', env: keys });
    await installPacked(folder, ['bacalhau-apiclient', 'bacalhau-sdk']);
    await writeFile(join(folder, 'program.mjs'), PROGRAM);
    await writeFile(join(folder, 'cat.wasm'), await catModule());
    const contents = Object.entries(SIZES).map(([path, size]) => [path, Buffer.alloc(size, `${path}\n`)] as const);
    await writeFiles(join(folder, 'data'), Object.fromEntries(contents));
  }, 300_000);
  afterAll(async () => {
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each<[RuntimeName, readonly string[]]>([
    ['Node 20.19', []],
    ['Deno', ['run', '--allow-all', '--quiet']],
    ['Bun', ['run']],
  ])(
    'reach jobs by S3 and from the program itself in %s',
    async (which, options) => {
      const { hostname, port } = new URL(network.url);
      const { stdout, stderr } = await execute(await runtime(which), [...options, 'program.mjs'], {
        cwd: folder,
        timeout: 120_000,
        env: {
          ...{ PATH: process.env['PATH'], HOME: folder, BACALHAU_DIR: await mkdtemp(join(folder, 'keys-')), ...keys },
          ...{ BACALHAU_API_HOST: hostname, BACALHAU_API_PORT: port },
          TEST_S3: JSON.stringify(s3Bucket),
          TEST_PREFIX: `runtimes/${which}`,
        },
      });
      expect(stderr).toBe('');
      const totalBytes = Object.values(SIZES).reduce((sum, size) => sum + size);
      expect(JSON.parse(stdout)).toEqual({
        ...{ stored: true, served: true },
        first: { sentBytes: totalBytes, presentBytes: 0, totalBytes },
        again: { sentBytes: 0, presentBytes: totalBytes, totalBytes },
      });
    },
    300_000,
  );
});
