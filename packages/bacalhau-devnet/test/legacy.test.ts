import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DevnetError, ensureLegacyServer, type LegacyDevnet, startLegacyDevnet } from 'bacalhau-devnet';
import { isListening } from './support/leftovers.js';
import { describeLegacy } from './support/namespace.js';
import { poll } from './support/poll.js';
import { BUILD_TIMEOUT_MS, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);

/** Processes that have a devnet's directory among their arguments, or in their environment as the server has. */
async function processesOf(dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const named = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      return `${await read('cmdline')}${await read('environ')}`.includes(dir) ? pid : '';
    }),
  );
  return named.filter(Boolean);
}

const leftOf = async ({ dir, port }: Pick<LegacyDevnet, 'dir' | 'port'>) => ({
  processes: await processesOf(dir),
  directory: existsSync(dir),
  listening: await isListening(port),
});
const NOTHING = { processes: [], directory: false, listening: false };

const post = async (devnet: LegacyDevnet, path: string, body: object = {}): Promise<unknown> =>
  (await fetch(`${devnet.url}${path}`, { method: 'POST', body: JSON.stringify(body) })).json();

describeLegacy('startLegacyDevnet', () => {
  beforeAll(async () => {
    await ensureLegacyServer({ onProgress: (message) => process.stderr.write(`${message}\n`) });
  }, BUILD_TIMEOUT_MS);

  test('starts a real server 0.3.16 that serves a client, and leaves nothing behind', async () => {
    const devnet = await startLegacyDevnet();
    expect(devnet.nodeIds).toHaveLength(3);
    expect(devnet.version).toBe('v0.3.16');
    expect(devnet.env).toEqual({ BACALHAU_API_HOST: '127.0.0.1', BACALHAU_API_PORT: String(devnet.port) });
    expect(await post(devnet, '/version')).toMatchObject({ build_version_info: { gitversion: 'v0.3.16' } });
    expect(await post(devnet, '/list')).toEqual({ jobs: [] });
    expect((await devnet.logs()).map(({ name }) => name)).toEqual(['devstack', 'gate']);
    await devnet.stop();
    await devnet.stop();
    expect(await leftOf(devnet)).toEqual(NOTHING);
  });

  test('is reachable from this machine only: its ports are in a network namespace of its own', async () => {
    await using devnet = await startLegacyDevnet({ nodes: 1 });
    expect(await isListening(20_000)).toBe(false);
    const listening = await readFile('/proc/net/tcp', 'utf8');
    const port = devnet.port.toString(16).toUpperCase().padStart(4, '0');
    // Loopback, in the byte order of the machine.
    expect(listening).toContain(`0100007F:${port} 00000000:0000 0A`);
    expect(listening).not.toContain(`00000000:${port} 00000000:0000 0A`);
  });

  test('two at a time are separate networks', async () => {
    await using first = await startLegacyDevnet({ nodes: 1 });
    await using second = await startLegacyDevnet({ nodes: 1 });
    expect(first.nodeIds).not.toEqual(second.nodeIds);
    for (const devnet of [first, second]) expect(await post(devnet, '/list')).toEqual({ jobs: [] });
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('ends with the process that started it, ended by %s', async (signal) => {
    const program = `
      import { startLegacyDevnet } from ${JSON.stringify(join(__dirname, '..', 'dist', 'index.mjs'))};
      const { dir, port } = await startLegacyDevnet({ nodes: 1 });
      console.log(JSON.stringify({ dir, port }));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await new Promise<string[]>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve([chunk.toString()]));
      child.once('error', reject);
      child.once('exit', () => reject(new Error('it ended before it was ready')));
    });
    const devnet: Pick<LegacyDevnet, 'dir' | 'port'> = JSON.parse(line ?? '');
    expect((await leftOf(devnet)).listening).toBe(true);
    child.kill(signal);
    await poll('nothing to be left', async () => JSON.stringify(await leftOf(devnet)) === JSON.stringify(NOTHING));
  });

  test('keeps the logs on demand', async () => {
    const devnet = await startLegacyDevnet({ nodes: 1 });
    await devnet.stop({ keepLogs: true });
    expect(await readdir(join(devnet.dir, 'logs'))).toEqual(['devstack.log', 'gate.log']);
    await rm(devnet.dir, { recursive: true });
  });

  test('reports a server that ends unexpectedly', async () => {
    let told: unknown;
    await using devnet = await startLegacyDevnet({
      nodes: 1,
      onExit: (exit) => {
        told = exit;
      },
    });
    for (const pid of await processesOf(devnet.dir)) {
      const [program] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      if (program?.endsWith('/bacalhau')) process.kill(Number(pid), 'SIGKILL');
    }
    await poll('the news of it', async () => told !== undefined);
    expect(told).toEqual({ code: 137, signal: null });
  });

  test.each([
    [{ nodes: 0 }, 'INVALID_OPTIONS'],
    [{ nodes: 1.5 }, 'INVALID_OPTIONS'],
    [{ startTimeoutMs: 0 }, 'INVALID_OPTIONS'],
    [{ server: join(tmpdir(), 'nothing-here') }, 'SERVER_NOT_FOUND'],
    [{ signal: AbortSignal.abort() }, 'ABORTED'],
    [{ server: '/bin/false' }, 'START_FAILED'],
    [{ startTimeoutMs: 50 }, 'START_TIMEOUT'],
  ])('refuses or gives up with a typed error: %p', async (options, code) => {
    const { TMPDIR } = process.env;
    const temporary = await mkdtemp(join(tmpdir(), 'legacy-test-'));
    process.env['TMPDIR'] = temporary;
    try {
      const error = await startLegacyDevnet(options).catch((caught: unknown) => caught);
      expect(DevnetError.is(error)).toBe(true);
      expect(error).toMatchObject({ code });
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      await rm(temporary, { recursive: true });
    }
  });
});

test('rejects with a typed error on systems other than Linux', async () => {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  try {
    await expect(startLegacyDevnet()).rejects.toMatchObject({ code: 'UNSUPPORTED_PLATFORM' });
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
});

test('rejects with a typed error that names the missing commands for namespaces', async () => {
  const { PATH } = process.env;
  process.env['PATH'] = '/nowhere';
  try {
    const expected = process.platform === 'linux' ? 'NAMESPACE_UNAVAILABLE' : 'UNSUPPORTED_PLATFORM';
    await expect(startLegacyDevnet()).rejects.toMatchObject({ code: expected });
  } finally {
    process.env['PATH'] = PATH;
  }
});
