import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevnet } from 'bacalhau-devnet';
import { Child, devnetScript } from './support/child.js';
import { leftovers, type Traces, tracesOf, waitUntilGone } from './support/leftovers.js';
import { poll } from './support/poll.js';
import { processesMentioning, programOf } from './support/processes.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);
afterEach(Child.killAll);
beforeAll(pinnedServer, BUILD_TIMEOUT_MS);

async function startInChild(options: object, then: string): Promise<{ child: Child; traces: Traces }> {
  const child = Child.script(devnetScript(options, then));
  const traces: Traces = JSON.parse(await child.firstLine());
  return { child, traces };
}

const LIMIT_MS = 10_000;

/** Keeps the child busy for good, in the way of a program whose event loop hangs. */
const HANG = 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);';

describe('nothing is left when the process that started a devnet', () => {
  test('is killed', async () => {
    const { child, traces } = await startInChild({ computeNodes: 2 }, '');
    expect(await leftovers(traces)).toHaveLength(3 + 3 + 1);
    child.kill('SIGKILL');
    await waitUntilGone(traces);
  });

  test('is killed while its event loop hangs', async () => {
    const { child, traces } = await startInChild({}, HANG);
    child.kill('SIGKILL');
    await waitUntilGone(traces);
  });

  test('is killed while the devnet starts', async () => {
    const tmp = mkdtempSync(join(tmpdir(), 'devnet-test-'));
    try {
      const script = devnetScript({ computeNodes: 3 });
      const child = Child.script(script, { ...process.env, TMPDIR: tmp });
      await poll('a server to be there', () =>
        readdirSync(tmp).some((name) => existsSync(join(tmp, name, 'orchestrator'))),
      );
      const pids = await processesMentioning(tmp);
      expect(pids.length).toBeGreaterThan(0);
      child.kill('SIGKILL');
      await poll('no process and no directory', async () => {
        return readdirSync(tmp).length === 0 && (await processesMentioning(tmp)).length === 0;
      });
    } finally {
      rmSync(tmp, { recursive: true, force: true });
    }
  });

  test.each([
    ['throws', 'throw new Error("test");', 1],
    ['calls process.exit', 'process.exit(7);', 7],
  ])('%s', async (_, then, code) => {
    const { child, traces } = await startInChild({}, then);
    expect(await child.ended()).toBe(code);
    await waitUntilGone(traces);
  });

  test('gets SIGINT, as from Ctrl-C', async () => {
    const { child, traces } = await startInChild({}, '');
    child.kill('SIGINT');
    await waitUntilGone(traces);
  });
});

describe('nothing is left when the supervisor', () => {
  test('is killed: the starting process cleans up at once', async () => {
    const devnet = await startDevnet({ server: 'pinned', computeNodes: 2 });
    const traces = tracesOf(devnet);
    process.kill(await programOf(devnet.dir, 'supervisor'), 'SIGKILL');
    await waitUntilGone(traces);
    await devnet.stop();
  });

  test('gets the signals of a terminal: it ignores them', async () => {
    const devnet = await startDevnet({ server: 'pinned' });
    const supervisor = await programOf(devnet.dir, 'supervisor');
    process.kill(supervisor, 'SIGINT');
    process.kill(supervisor, 'SIGHUP');
    expect((await fetch(`${devnet.url}/api/v1/agent/alive`)).status).toBe(200);
    await devnet.stop();
    expect(await leftovers(tracesOf(devnet))).toEqual([]);
  });

  test('gets SIGTERM: it cleans up first', async () => {
    const devnet = await startDevnet({ server: 'pinned' });
    const traces = tracesOf(devnet);
    process.kill(await programOf(devnet.dir, 'supervisor'), 'SIGTERM');
    await waitUntilGone(traces);
    await devnet.stop();
  });
});

test('nothing is left when the watcher is killed, and later the starting process: in between the network works', async () => {
  const { child, traces } = await startInChild({}, '');
  const watcher = await programOf(traces.dir, 'watcher');
  process.kill(watcher, 'SIGKILL');
  await poll('no watcher', async () => !(await processesMentioning(traces.dir)).includes(watcher));
  expect((await fetch(`http://127.0.0.1:${traces.ports[0]}/api/v1/agent/alive`)).status).toBe(200);
  child.kill('SIGKILL');
  await waitUntilGone(traces, LIMIT_MS);
});

describe('nothing is left when processes are killed at the same moment:', () => {
  test.each([
    ['starter', 'supervisor'],
    ['starter', 'watcher'],
    ['supervisor', 'watcher'],
  ] as const)('%s and %s', async (...programs) => {
    const { child, traces } = await startInChild({ computeNodes: 2 }, '');
    const pids = await Promise.all(
      programs.map((program) => (program === 'starter' ? child.pid : programOf(traces.dir, program))),
    );
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await waitUntilGone(traces, LIMIT_MS);
    await poll('no process', async () => (await processesMentioning(traces.dir)).length === 0, LIMIT_MS);
  });

  test('all of them: the next start removes what they left, and nothing of a devnet that runs', async () => {
    const { child, traces } = await startInChild({ computeNodes: 2 }, '');
    await using running = await startDevnet({ server: 'pinned' });
    const pids = [await programOf(traces.dir, 'supervisor'), await programOf(traces.dir, 'watcher')];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await child.ended();
    expect(await leftovers(traces)).toHaveLength(3 + 3 + 1);

    await using _next = await startDevnet({ server: 'pinned' });
    // Until init has taken note of it, a process that was killed still has its id.
    await waitUntilGone(traces, LIMIT_MS);
    expect(await leftovers(tracesOf(running))).toHaveLength(2 + 2 + 1);
  });

  test('what another machine or container has left is not touched', async () => {
    const dir = join(tmpdir(), 'bacalhau-devnet-0123456789');
    mkdirSync(dir);
    try {
      const scope = { dir, logDir: join(dir, 'logs'), keepLogs: false, graceMs: 0, executors: [], dockerEnv: {} };
      writeFileSync(join(dir, 'devnet.json'), JSON.stringify({ place: 'another-host pid:[1]', scope, commands: [] }));
      await (await startDevnet({ server: 'pinned' })).stop();
      expect(existsSync(dir)).toBe(true);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('logs', () => {
  test('are kept on request, and nothing else is', async () => {
    const devnet = await startDevnet({ server: 'pinned' });
    await devnet.stop({ keepLogs: true });
    try {
      expect(await readdir(devnet.dir)).toEqual(['logs']);
      expect((await readdir(join(devnet.dir, 'logs'))).sort()).toEqual(['compute-1.log', 'orchestrator.log']);
      const { pids, ports } = tracesOf(devnet);
      expect(await leftovers({ dir: join(devnet.dir, 'none'), pids, ports })).toEqual([]);
    } finally {
      rmSync(devnet.dir, { recursive: true });
    }
  });

  test('are kept in a folder of the caller, even after a kill', async () => {
    const logDir = mkdtempSync(join(tmpdir(), 'devnet-test-'));
    try {
      const { child, traces } = await startInChild({ logDir }, '');
      child.kill('SIGKILL');
      await waitUntilGone(traces);
      const [folder, ...others] = await readdir(logDir);
      expect(others).toEqual([]);
      const log = await readFile(join(logDir, folder ?? '', 'orchestrator.log'), 'utf8');
      expect(log).toContain('bacalhau node running');
    } finally {
      rmSync(logDir, { recursive: true });
    }
  });
});
