import { spawnSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath } from '../../../bacalhau-devnet/src/binary/find.js';
import { printingJob } from '../support/wasm-jobs.js';
import { execute, installPacked, packed, workspace } from './install.js';

const LIMIT_MS = 10_000;
const PLATFORM = `${process.platform}-${process.arch}`;
const PACKAGE = `bacalhau-devnet-${PLATFORM}`;
/** What `npx` is made of. */
const PROGRAMS = ['node', 'npx', 'env', 'sh'];

/** Puts a command where there is no network but the loopback; Linux has such places. */
const WITHOUT_NETWORK =
  process.platform === 'linux'
    ? [
        'unshare',
        '--net',
        ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
        'sh',
        '-c',
        'PATH=$PATH:/usr/sbin:/sbin ip link set lo up && exec "$@"',
        'sh',
      ]
    : [];

let folder: string;

/** Somebody who has nothing but Node, and the packages as they are published. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-no-go-'));
  const made = join(folder, 'made');
  const script = join(workspace, 'scripts', 'platforms', 'main.mjs');
  await execute(process.execPath, [script, PLATFORM, '--out', made]);
  const server = await packed(join(made, PLATFORM), join(folder, `${PACKAGE}.tgz`), ['--ignore-scripts']);
  await installPacked(folder, ['bacalhau-apiclient', 'bacalhau-sdk', 'bacalhau-devnet'], [server]);
  await mkdir(join(folder, 'bin'));
  for (const program of PROGRAMS) {
    const found = program === 'node' ? process.execPath : await findOnPath(program);
    await symlink(found ?? '', join(folder, 'bin', program));
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('npm installs the server for this platform, and no other', async () => {
  const installed = (await readdir(join(folder, 'node_modules'))).filter((name) => name.startsWith('bacalhau-devnet'));
  expect(installed.sort()).toEqual(['bacalhau-devnet', PACKAGE]);
  const manifest: Record<string, unknown> = JSON.parse(
    await readFile(join(folder, 'node_modules', PACKAGE, 'package.json'), 'utf8'),
  );
  expect(manifest).toMatchObject({ os: [process.platform], cpu: [process.arch] });
  expect(lstatSync(join(folder, 'node_modules', PACKAGE, 'server', 'bacalhau')).mode & 0o111).toBe(0o111);
});

test('the licences of what is in the server are there', async () => {
  const notices = await readFile(join(folder, 'node_modules', PACKAGE, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  for (const part of ['Go \\d', 'github.com/bacalhau-project/bacalhau@v1', 'github.com/nats-io/nats-server/v2@v']) {
    expect(notices).toMatch(new RegExp(`^- ${part}.*: \\S*licen[cs]e`, 'im'));
  }
});

test('npx bacalhau-devnet -- node first-job.mjs: with neither Go nor Docker, and no network but the loopback', async () => {
  const home = await mkdtemp(join(folder, 'home-'));
  const job = JSON.stringify(await printingJob('Hello from a first job'));
  await writeFile(
    join(folder, 'first-job.mjs'),
    `import { Bacalhau } from 'bacalhau-sdk';
     await using bacalhau = new Bacalhau();
     const { stdout } = await bacalhau.jobs.run(${job});
     console.log(stdout);`,
  );
  const npx = ['npx', '--no-install', 'bacalhau-devnet', '--', 'node', 'first-job.mjs'];
  const [program = '', ...args] = [...WITHOUT_NETWORK, 'env', `PATH=${join(folder, 'bin')}`, ...npx];
  const env = { PATH: process.env['PATH'], HOME: home, TMPDIR: home };
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  const elapsed = Date.now() - started;
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'Hello from a first job\n' });
  expect(stderr).toMatch(/^Using Bacalhau v\S+ \(package: .*\)$/m);
  expect(elapsed).toBeLessThan(LIMIT_MS);
});
