import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './support/child.js';
import { isListening } from './support/leftovers.js';
import { poll } from './support/poll.js';
import { processesMentioning } from './support/processes.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);
afterEach(Child.killAll);
beforeAll(pinnedServer, BUILD_TIMEOUT_MS);

let tmp: string;
beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'devnet-test-'));
});
afterEach(() => rmSync(tmp, { recursive: true, force: true }));

const env = () => ({ ...process.env, TMPDIR: tmp });

describe('bacalhau-devnet', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('runs until %s, then exits with 0 and leaves nothing', async (signal) => {
    const child = Child.command(['--server', 'pinned', '--nodes', '2'], env());
    const line = await child.firstLine();
    const [, host, port] = /^export BACALHAU_API_HOST=(\S+) BACALHAU_API_PORT=(\d+)$/.exec(line) ?? [];
    const answer = await fetch(`http://${host}:${port}/api/v1/orchestrator/nodes`);
    expect((await answer.text()).match(/"NodeID"/g)).toHaveLength(3);
    expect(child.stderr).toContain(`Bacalhau v1.9.3 at http://${host}:${port}, 2 compute nodes`);
    expect(child.stderr).toContain(`Logs: ${tmp}`);
    child.kill(signal);
    // A second one, of somebody impatient.
    child.kill(signal);
    expect(await child.ended()).toBe(0);
    expect(await isListening(Number(port))).toBe(false);
    expect(await isEmpty(tmp)).toBe(true);
  });

  test('accepts a configuration file and a port', async () => {
    const config = join(tmp, 'config.json');
    writeFileSync(config, JSON.stringify({ API: { TLS: { SelfSigned: true } } }));
    const logDir = join(tmp, 'logs');
    const args = ['-s', 'pinned', '-n', '0', '-p', '18765', '-c', config, '--log-dir', logDir, '-q'];
    const child = Child.command(args, env());
    expect(await child.firstLine()).toMatch(
      /^export BACALHAU_API_HOST=127.0.0.1 BACALHAU_API_PORT=18765 BACALHAU_HTTPS=1 /,
    );
    child.kill('SIGINT');
    expect(await child.ended()).toBe(0);
    expect(child.stderr).toBe('');
  });

  test('exits with 130 when it is interrupted before it is ready', async () => {
    const child = Child.command(['--server', 'pinned'], env());
    await poll('a sign of life', () => child.stderr.includes('Using Bacalhau'));
    child.kill('SIGINT');
    expect(await child.ended()).toBe(130);
    expect(await isEmpty(tmp)).toBe(true);
  });

  test('exits with 1 and reports why when a server ends unexpectedly', async () => {
    const child = Child.command(['--server', 'pinned'], env());
    await child.firstLine();
    const [, orchestratorLog] = /Logs: (\S+)/.exec(child.stderr) ?? [];
    expect(orchestratorLog).toBeDefined();
    const [server] = await processesMentioning(`serve --data-dir ${tmp}`);
    process.kill(Number(server), 'SIGKILL');
    expect(await child.ended()).toBe(1);
    expect(child.stderr).toContain('ended unexpectedly with SIGKILL. Logs:');
  });

  test.each([
    [['--server', '1.5.2'], 'one of the versions 0.3.16, 1.4.0, 1.6.0, 1.9.3; not "1.5.2"'],
    [['--server', '1.9.3', '--signed-api'], 'Bacalhau 1.9.3 cannot have the option "signedApi"'],
  ])('exits with 1 for %j, which no server can do', async (args, message) => {
    const child = Child.command(args, env());
    expect(await child.ended()).toBe(1);
    expect(child.stderr).toContain(message);
    expect(await isEmpty(tmp)).toBe(true);
  });

  test('prints its help and its version', async () => {
    const help = Child.command(['--help']);
    expect(await help.ended()).toBe(0);
    expect(help.stdout).toContain('Usage: bacalhau-devnet [options]');
    const version = Child.command(['--version']);
    expect(await version.ended()).toBe(0);
    expect(version.stdout).toBe('bacalhau-devnet 0.1.0 (builds Bacalhau 0.3.16, 1.4.0, 1.6.0, 1.9.3)\n');
  });

  test.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['--nodes', 'many'], '--nodes must be a whole number from 0 to 50, not "many"'],
    [['--port', '70000'], '--port must be a whole number from 1 to 65535'],
    [['--host-port', '80', '--host-port', 'x'], '--host-port must be a whole number from 1 to 65535, not "x"'],
    [['--quiet', '--'], 'Pass a command after --'],
    [['node', 'test.mjs'], "Unexpected argument 'node'"],
    [['--executor', 'wasm'], '--executor must be "noop" or "docker", not "wasm"'],
    [['--config', '/nonexistent.json'], "--config /nonexistent.json can't be read as JSON"],
  ])('exits with 2 for %j', async (args, message) => {
    const child = Child.command(args);
    expect(await child.ended()).toBe(2);
    expect(child.stderr).toContain(message);
    expect(child.stderr).toContain('Try bacalhau-devnet --help');
  });
});

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder)).length === 0;
}
