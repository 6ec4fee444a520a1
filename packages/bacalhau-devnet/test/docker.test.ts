import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { ensureServer } from 'bacalhau-devnet';
import { dockerJob, resultUrls, submit, waitForState } from './support/api.js';
import { Child, devnetScript } from './support/child.js';
import { type Traces, tracesOf, waitUntilGone } from './support/leftovers.js';
import { poll } from './support/poll.js';
import { programOf } from './support/processes.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS, withDevnet } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);

const IMAGE = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
/** From a kill to nothing left. */
const LIMIT_MS = 10_000;
const SLEEPER = dockerJob(IMAGE, ['sleep', '600']);
/** Servers in a network namespace, from which Docker is reached through its socket. */
const NAMESPACED = ['1.4.0', '1.6.0'] as const;
const SERVERS = ['pinned', ...(process.platform === 'linux' ? NAMESPACED : [])];
const reason = whyNoDocker();
const required = (process.env['BACALHAU_TEST_REQUIRE'] ?? '').split(/[\s,]+/).includes('docker');

function whyNoDocker(): string | undefined {
  try {
    execFileSync('docker', ['info'], { stdio: 'pipe' });
  } catch (error) {
    return `docker info does not answer: ${error instanceof Error ? error.message.trim() : error}`;
  }
  return undefined;
}

/** Containers of a devnet's jobs, also stopped ones. */
function containersOf(nodeIds: readonly string[]): string[] {
  return nodeIds.flatMap((id) => {
    const filter = `label=bacalhau-executor=bacalhau-${id}`;
    const output = execFileSync('docker', ['ps', '--all', '--quiet', '--filter', filter], { encoding: 'utf8' });
    return output.split('\n').filter(Boolean);
  });
}

if (reason !== undefined && !required) {
  test.skip(`Docker jobs (skipped: ${reason.split('\n')[0]})`, () => {});
} else {
  beforeAll(async () => {
    if (reason !== undefined) throw new Error(`BACALHAU_TEST_REQUIRE asks for Docker, but ${reason}`);
    await pinnedServer();
    if (process.platform === 'linux') for (const server of NAMESPACED) await ensureServer({ server });
  }, BUILD_TIMEOUT_MS);

  afterEach(Child.killAll);

  test.each(SERVERS)('a job runs, and its result is served: %s', async (server) => {
    await withDevnet({ server }, async (devnet) => {
      const id = await submit(devnet, dockerJob(IMAGE, ['sh', '-c', 'echo from a container']));
      await waitForState(devnet, id, 'Completed');
      const [url = ''] = await resultUrls(devnet, id);
      const archive = gunzipSync(await (await fetch(url)).arrayBuffer());
      expect(archive.toString('latin1')).toContain('from a container\n');
    });
  });

  test.each(SERVERS)('stop removes the containers of running jobs, and no others: %s', async (server) => {
    const foreign = execFileSync(
      'docker',
      ['run', '--detach', '--network', 'none', '--label', 'bacalhau-executor=bacalhau-n-other', IMAGE, 'sleep', '600'],
      { encoding: 'utf8' },
    ).trim();
    try {
      let ids: string[] = [];
      await withDevnet({ server, computeNodes: 2 }, async (devnet) => {
        ids = devnet.nodes.map(({ id }) => id);
        await Promise.all([submit(devnet, SLEEPER), submit(devnet, SLEEPER)]);
        await poll('two containers to run', () => containersOf(ids).length === 2);
      });
      expect(containersOf(ids)).toEqual([]);
      expect(containersOf(['n-other'])).toHaveLength(1);
    } finally {
      execFileSync('docker', ['rm', '--force', foreign], { stdio: 'ignore' });
    }
  });

  test('containers are removed even if the servers were killed before', async () => {
    let ids: string[] = [];
    await withDevnet({}, async (devnet) => {
      ids = devnet.nodes.map(({ id }) => id);
      await submit(devnet, SLEEPER);
      await poll('a container to run', () => containersOf(ids).length === 1);
      for (const pid of tracesOf(devnet).pids) process.kill(pid, 'SIGKILL');
    });
    expect(containersOf(ids)).toEqual([]);
  });

  test.each([
    ['the starting process', false],
    ['the starting process and the supervisor', true],
  ])('containers are removed even if %s is killed', async (_, both) => {
    const submission = `
      await fetch(url + '/api/v1/orchestrator/jobs', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: ${JSON.stringify(JSON.stringify({ Job: SLEEPER }))},
      });
    `;
    const child = Child.script(devnetScript({}, submission));
    const traces: Traces & { ids: string[] } = JSON.parse(await child.firstLine());
    await poll('a container to run', () => containersOf(traces.ids).length === 1);
    const supervisor = await programOf(traces.dir, 'supervisor');
    if (both) process.kill(supervisor, 'SIGKILL');
    child.kill('SIGKILL');
    await waitUntilGone(traces, LIMIT_MS);
    expect(containersOf(traces.ids)).toEqual([]);
  });
}
