import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isListening } from '../../packages/bacalhau-devnet/test/support/leftovers.js';
import { poll } from '../../packages/bacalhau-devnet/test/support/poll.js';

jest.setTimeout(180_000);

const root = join(__dirname, '..', '..');
/** From a kill to nothing left. */
const LIMIT_MS = 10_000;

let tmp: string;
beforeEach(async () => {
  tmp = await mkdtemp(join(tmpdir(), 'bacalhau-examples-'));
});
afterEach(() => rm(tmp, { recursive: true, force: true }));

test.each(['SIGTERM', 'SIGKILL'] as const)('npm run example: %s for npm leaves nothing', async (signal) => {
  const { BACALHAU_API_HOST: _, BACALHAU_API_PORT: __, ...env } = process.env;
  const npm = spawn('npm', ['run', 'example', 'web', '--', '--port', '0'], {
    cwd: root,
    env: { ...env, TMPDIR: tmp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const page = await lineWith(/^Open (\S+)$/, npm.stdout);
    const server = new URL(page.searchParams.get('server') ?? '');
    const ports = [page, server].map(({ port }) => Number(port));
    expect(await Promise.all(ports.map(isListening))).toEqual([true, true]);
    npm.kill(signal);
    const isGone = async () =>
      !(await Promise.all(ports.map(isListening))).includes(true) &&
      (await readdir(tmp)).every((name) => !name.startsWith('bacalhau-devnet-'));
    await poll('no port and no folder', isGone, LIMIT_MS);
  } finally {
    npm.kill('SIGTERM');
  }
});

async function lineWith(pattern: RegExp, output: NodeJS.ReadableStream): Promise<URL> {
  for await (const line of createInterface({ input: output })) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return new URL(found);
  }
  throw new Error('npm ended without the address of the page');
}
