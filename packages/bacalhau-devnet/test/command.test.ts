import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, PACKAGE_DIR } from './support/child.js';
import { isAlive, isListening } from './support/leftovers.js';
import { poll } from './support/poll.js';
import { processesMentioning } from './support/processes.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);
afterEach(Child.killAll);
beforeAll(pinnedServer, BUILD_TIMEOUT_MS);

/** From a kill to nothing left. */
const LIMIT_MS = 10_000;
const OPTIONS = ['--server', 'pinned', '--quiet'];

let tmp: string;
beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'devnet-test-'));
});
afterEach(() => rmSync(tmp, { recursive: true, force: true }));

/** npx would keep compiled code in the temporary folder, and write it while that is removed. */
const env = () => ({ ...process.env, TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: '1' });

/** `bacalhau-devnet -- node --eval SCRIPT` */
const onNetwork = (script: string): Child =>
  Child.command([...OPTIONS, '--', process.execPath, '--input-type=module', '--eval', script], env());

/** Prints the ids of the command and of a process that it has started, and the port of the network. */
const REPORT = `
  import { spawn } from 'node:child_process';
  const grandchild = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  console.log(JSON.stringify({
    pids: [process.pid, grandchild.pid], port: Number(process.env.BACALHAU_API_PORT),
  }));
  setInterval(() => {}, 1000);
`;

interface Reported {
  readonly pids: readonly number[];
  readonly port: number;
}

async function reported(child: Child): Promise<Reported> {
  const report: Reported = JSON.parse(await child.firstLine());
  expect(report.pids.map(isAlive)).toEqual([true, true]);
  expect(await isListening(report.port)).toBe(true);
  return report;
}

async function waitUntilNothingIsLeft({ pids, port }: Reported): Promise<void> {
  await poll(
    'no process, port or folder',
    async () =>
      !pids.some(isAlive) &&
      !(await isListening(port)) &&
      (await readdir(tmp)).every((name) => !name.startsWith('bacalhau-devnet-')) &&
      (await processesMentioning(`${tmp}/bacalhau-devnet-`)).length === 0,
    LIMIT_MS,
  );
}

describe('bacalhau-devnet -- COMMAND', () => {
  test('runs it on a network, prints only its output, and ends with its exit code', async () => {
    const child = onNetwork(`
      const { BACALHAU_API_HOST: host, BACALHAU_API_PORT: port } = process.env;
      const { status } = await fetch('http://' + host + ':' + port + '/api/v1/agent/alive');
      console.log('the server answered', status);
      process.exitCode = 7;
    `);
    expect(await child.ended()).toBe(7);
    expect(child.stdout).toBe('the server answered 200\n');
    expect(child.stderr).toBe('');
    expect(await readdir(tmp)).toEqual([]);
  });

  test('ends with 128 and the number of the signal that ended the command', async () => {
    expect(await onNetwork('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);').ended()).toBe(137);
    expect(await readdir(tmp)).toEqual([]);
  });

  test.each([
    ['/nonexistent/program', 127, 'ENOENT'],
    [PACKAGE_DIR, 126, 'EACCES'],
  ])('ends as a shell does when the command cannot be started: %s', async (program, code, reason) => {
    const child = Child.command([...OPTIONS, '--', program], env());
    expect(await child.ended()).toBe(code);
    expect(child.stderr).toBe(`${program} could not be started: spawn ${program} ${reason}\n`);
    expect(await readdir(tmp)).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, and waits for the command to end', async (signal) => {
    const child = onNetwork(`
      process.on('${signal}', () => setTimeout(() => process.exit(3), 100));
      console.log('ready');
      setInterval(() => {}, 1000);
    `);
    expect(await child.firstLine()).toBe('ready');
    child.kill(signal);
    expect(await child.ended()).toBe(3);
    expect(await readdir(tmp)).toEqual([]);
  });

  test('ends after SIGTERM what the command has started', async () => {
    const child = onNetwork(REPORT);
    const report = await reported(child);
    child.kill('SIGTERM');
    expect(await child.ended()).toBe(143);
    await waitUntilNothingIsLeft(report);
  });

  test('does not wait for a command that ignores SIGTERM', async () => {
    const child = onNetwork(`process.on('SIGTERM', () => {}); ${REPORT}`);
    const report = await reported(child);
    child.kill('SIGTERM');
    await waitUntilNothingIsLeft(report);
    expect(await child.ended()).toBe(137);
  });

  test('leaves nothing when it is killed, not even the command', async () => {
    const child = onNetwork(REPORT);
    const report = await reported(child);
    child.kill('SIGKILL');
    await waitUntilNothingIsLeft(report);
  });

  test('does not end what a command leaves behind that has ended by itself', async () => {
    const child = onNetwork(`
      import { spawn } from 'node:child_process';
      const daemon = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], {
        detached: true, stdio: 'ignore',
      });
      console.log(daemon.pid);
      daemon.unref();
    `);
    expect(await child.ended()).toBe(0);
    const daemon = Number(child.stdout);
    expect(isAlive(daemon)).toBe(true);
    process.kill(daemon, 'SIGKILL');
  });
});

describe('bacalhau-devnet ends with', () => {
  const direct = [process.execPath, join(PACKAGE_DIR, 'dist/cli.mjs')];
  const npx = ['npx', 'bacalhau-devnet'];

  beforeEach(() => {
    const bin = join(tmp, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(join(PACKAGE_DIR, 'dist/cli.mjs'), join(bin, 'bacalhau-devnet'));
    writeFileSync(join(tmp, 'package.json'), '{}');
    writeFileSync(join(tmp, 'report.mjs'), REPORT);
  });

  const start = ([command = '', ...args]: readonly string[]): Child =>
    new Child([...args, ...OPTIONS, '--', process.execPath, 'report.mjs'], env(), { command, cwd: tmp });

  test.each([
    ['itself', direct],
    ['by npx', npx],
  ])('the script that started it %s', async (_, command) => {
    const script = join(tmp, 'script.sh');
    writeFileSync(script, '#!/bin/sh\n"$@"\nexit 0\n');
    chmodSync(script, 0o755);
    const child = start([script, ...command]);
    const report = await reported(child);
    child.kill('SIGKILL');
    await waitUntilNothingIsLeft(report);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('npx, which got %s', async (signal) => {
    const child = start(npx);
    const report = await reported(child);
    child.kill(signal);
    await waitUntilNothingIsLeft(report);
  });
});

test('a port in use is one clear line', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = other.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const child = Child.command([...OPTIONS, '--port', String(port)], env());
  expect(await child.ended()).toBe(1);
  other.close();
  expect(child.stderr).toMatch(new RegExp(`^Port ${port} is already in use [^\\n]*\\n$`));
});
