import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isListening } from '../../packages/bacalhau-devnet/test/support/leftovers.js';
import { poll } from '../../packages/bacalhau-devnet/test/support/poll.js';
import { processesMentioning } from '../../packages/bacalhau-devnet/test/support/processes.js';

jest.setTimeout(180_000);

const root = join(__dirname, '..', '..');
/** From a kill to nothing left. */
const LIMIT_MS = 10_000;

let tmp: string;
beforeEach(async () => {
  tmp = await mkdtemp(join(tmpdir(), 'bacalhau-examples-'));
});
afterEach(() => rm(tmp, { recursive: true, force: true }));

const NPM = ['npm', 'run', 'example', 'web', '--', '--port', '0'];

test.each([
  ['SIGTERM', 'npm', NPM],
  ['SIGKILL', 'npm', NPM],
  ['SIGKILL', 'the script that runs npm', ['sh', '-c', '"$@"; exit 0', 'sh', ...NPM]],
] as const)('npm run example: %s for %s leaves nothing', async (signal, _who, [program, ...args]) => {
  const { BACALHAU_API_HOST: _, BACALHAU_API_PORT: __, ...env } = process.env;
  const started = spawn(program, args, {
    cwd: root,
    // npm would keep compiled code there, and write it while the folder is removed.
    env: { ...env, TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const page = await lineWith(/^Open (\S+)$/, started.stdout);
    const server = new URL(page.searchParams.get('server') ?? '');
    const ports = [page, server].map(({ port }) => Number(port));
    expect(await Promise.all(ports.map(isListening))).toEqual([true, true]);
    started.kill(signal);
    const isGone = async () =>
      !(await Promise.all(ports.map(isListening))).includes(true) &&
      (await readdir(tmp)).every((name) => !name.startsWith('bacalhau-devnet-')) &&
      (await processesMentioning(`${tmp}/bacalhau-devnet-`)).length === 0;
    await poll('no port, folder or process', isGone, LIMIT_MS);
  } finally {
    started.kill('SIGTERM');
  }
});

async function lineWith(pattern: RegExp, output: NodeJS.ReadableStream): Promise<URL> {
  for await (const line of createInterface({ input: output })) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return new URL(found);
  }
  throw new Error('npm ended without the address of the page');
}
