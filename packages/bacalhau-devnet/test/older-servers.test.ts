import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Devnet,
  DevnetError,
  ensureServer,
  type NodeExit,
  type ServerVersion,
  startDevnet,
} from 'bacalhau-devnet';
import { connectedComputeNodes, resultUrls, submit, waitForState, wasmJob } from './support/api.js';
import { Child } from './support/child.js';
import { isListening } from './support/leftovers.js';
import { describeInNamespace } from './support/namespace.js';
import { poll } from './support/poll.js';
import { processesMentioning } from './support/processes.js';
import { BUILD_TIMEOUT_MS, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);

/** What the tests need to know of a server that listens on all addresses. */
interface Server {
  readonly server: ServerVersion;
  readonly nodes: readonly string[];
  readonly logs: readonly string[];
  readonly alive: string;
}

const SERVE = {
  nodes: ['orchestrator', 'compute-1'],
  logs: ['orchestrator', 'compute-1'],
  alive: '/api/v1/agent/alive',
};
const OLDER: readonly Server[] = [
  { server: '0.3.16', nodes: ['node-1'], logs: ['devstack'], alive: '/livez' },
  { server: '1.4.0', ...SERVE },
  { server: '1.6.0', ...SERVE },
];

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

const leftOf = async ({ dir, port }: Pick<Devnet, 'dir' | 'port'>) => ({
  processes: await processesOf(dir),
  directory: existsSync(dir),
  listening: await isListening(port),
});
const NOTHING = { processes: [], directory: false, listening: false };
const nothingLeft = (devnet: Pick<Devnet, 'dir' | 'port'>): Promise<void> =>
  poll('nothing to be left', async () => JSON.stringify(await leftOf(devnet)) === JSON.stringify(NOTHING));

const post = async (devnet: Pick<Devnet, 'url'>, path: string): Promise<unknown> =>
  (
    await fetch(`${devnet.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
  ).json();

/** The addresses on which this machine listens at a port, as the system writes them. */
async function listeners(port: number): Promise<string[]> {
  const number = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8')));
  return tables.flatMap((table) =>
    [...table.matchAll(new RegExp(`([0-9A-F]+):${number} [0-9A-F:]+ 0A`, 'g'))].map(([, address = '']) => address),
  );
}

describeInNamespace('a server that listens on all addresses', () => {
  beforeAll(async () => {
    for (const { server } of OLDER) {
      await ensureServer({ server, onProgress: (message) => process.stderr.write(`${message}\n`) });
    }
  }, BUILD_TIMEOUT_MS);

  describe.each(OLDER)('$server', ({ server, nodes, logs, alive }) => {
    test('starts, serves, and leaves nothing behind', async () => {
      const devnet = await startDevnet({ server });
      expect(devnet.version).toBe(`v${server}`);
      expect(devnet.env).toEqual({ BACALHAU_API_HOST: '127.0.0.1', BACALHAU_API_PORT: String(devnet.port) });
      expect(devnet.nodes.map(({ name, running }) => [name, running])).toEqual(nodes.map((name) => [name, true]));
      expect((await fetch(`${devnet.url}${alive}`)).status).toBe(200);
      expect((await devnet.logs()).map(({ name }) => name)).toEqual(logs);
      await devnet.stop();
      await devnet.stop();
      expect(await leftOf(devnet)).toEqual(NOTHING);
    });

    test('is reachable from this machine only, at all of its ports', async () => {
      await using devnet = await startDevnet({ server });
      for (const { apiPort } of devnet.nodes) expect(await listeners(apiPort)).toEqual(['0100007F']);
      for (const { pid } of devnet.nodes) {
        // Its own table of interfaces: loopback and nothing else.
        const interfaces = await readFile(`/proc/${pid}/net/dev`, 'utf8');
        expect(interfaces.match(/^\s*[\w.-]+:/gm)?.map((name) => name.trim())).toEqual(['lo:']);
      }
    });

    test.each(['SIGTERM', 'SIGKILL'] as const)('ends with the process that started it, ended by %s', async (signal) => {
      const program = `
        import { startDevnet } from ${JSON.stringify(join(__dirname, '..', 'dist', 'index.mjs'))};
        const { dir, port } = await startDevnet({ server: '${server}' });
        console.log(JSON.stringify({ dir, port }));`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const line = await new Promise<string>((resolve, reject) => {
        child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        child.once('error', reject);
        child.once('exit', () => reject(new Error('it ended before it was ready')));
      });
      const devnet: Pick<Devnet, 'dir' | 'port'> = JSON.parse(line);
      expect((await leftOf(devnet)).listening).toBe(true);
      child.kill(signal);
      await nothingLeft(devnet);
    });

    test('is cleaned up by the starting process if the supervisor is killed', async () => {
      const devnet = await startDevnet({ server });
      for (const pid of await processesMentioning(devnet.dir)) {
        const args = await readFile(`/proc/${pid}/cmdline`, 'utf8');
        if (args.includes('supervisor.mjs')) process.kill(pid, 'SIGKILL');
      }
      await nothingLeft(devnet);
      await devnet.stop();
    });

    test('reports a server that ends unexpectedly', async () => {
      const exits: NodeExit[] = [];
      await using devnet = await startDevnet({ server, onExit: (exit) => exits.push(exit) });
      process.kill(devnet.nodes.at(-1)?.pid ?? 0, 'SIGKILL');
      await poll('the report', async () => exits.length > 0);
      expect(exits).toMatchObject([{ node: { name: nodes.at(-1) }, code: null, signal: 'SIGKILL' }]);
    });

    test('uses the port that is given, and names one that is in use', async () => {
      await using devnet = await startDevnet({ server, port: 9_876 });
      expect(devnet.port).toBe(9_876);
      await expect(startDevnet({ server, port: 9_876 })).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: expect.stringMatching(/^Port 9876 is already in use .*$/),
      });
    });
  });

  test('two at a time are separate networks', async () => {
    await using first = await startDevnet({ server: '1.6.0' });
    await using second = await startDevnet({ server: '1.6.0' });
    for (const devnet of [first, second]) {
      expect(await connectedComputeNodes(devnet)).toEqual([devnet.nodes[1]?.id]);
    }
  });

  test('keeps the logs on demand', async () => {
    const devnet = await startDevnet({ server: '0.3.16' });
    await devnet.stop({ keepLogs: true });
    expect(await readdir(join(devnet.dir, 'logs'))).toEqual(['devstack.log', 'gate.log', 'namespace.log']);
    await rm(devnet.dir, { recursive: true });
  });

  // The interval decides how soon a compute node of 1.6 notices a restarted orchestrator.
  describe.each([
    ['1.4.0', {}],
    ['1.6.0', { Compute: { Heartbeat: { Interval: '1s' } } }],
  ] as const)('%s', (server, computeConfig) => {
    test('runs a job whose input is on this machine, and serves its result to this machine', async () => {
      const requests: (string | undefined)[] = [];
      const inputs = createServer((request, response) => {
        requests.push(request.method);
        response.setHeader('Content-Length', 5).end(request.method === 'HEAD' ? undefined : 'hello');
      });
      await new Promise<void>((resolve) => inputs.listen(0, '127.0.0.1', resolve));
      const address = inputs.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      try {
        await using devnet = await startDevnet({ server, hostPorts: [port] });
        const URL = `http://127.0.0.1:${port}/input`;
        const input = { Source: { Type: 'urlDownload', Params: { URL } }, Target: '/inputs' };
        const id = await submit(devnet, wasmJob({ before17: true, inputs: [input] }));
        await waitForState(devnet, id, 'Completed');
        expect(requests).toContain('GET');
        const [url = ''] = await resultUrls(devnet, id);
        const result = new Uint8Array(await (await fetch(url)).arrayBuffer());
        expect([...result.slice(0, 2)]).toEqual([0x1f, 0x8b]);
        expect(await listeners(Number(new globalThis.URL(url).port))).toEqual(['0100007F']);
      } finally {
        inputs.close();
      }
    });

    test.each(['orchestrator', 'compute-1'])('restarts its %s with the data', async (name) => {
      await using devnet = await startDevnet({ server, computeConfig });
      const id = await submit(devnet, wasmJob({ before17: true }));
      await waitForState(devnet, id, 'Completed');
      await devnet.restart(name);
      await waitForState(devnet, id, 'Completed');
      await waitForState(devnet, await submit(devnet, wasmJob({ before17: true })), 'Completed');
    });

    test('has as many compute nodes as asked for, connected when it has started', async () => {
      await using devnet = await startDevnet({ server, computeNodes: 3 });
      const planned = devnet.nodes.filter(({ role }) => role === 'compute').map(({ id }) => id);
      expect(await connectedComputeNodes(devnet)).toEqual(planned.sort());
    });
  });

  test('1.4.0 has the signed API if asked for', async () => {
    await using off = await startDevnet({ server: '1.4.0', computeNodes: 0 });
    expect((await fetch(`${off.url}/api/v1/requester/list`, { method: 'POST', body: '{}' })).status).toBe(410);
    await using on = await startDevnet({ server: '1.4.0', computeNodes: 0, signedApi: true });
    expect(await post(on, '/api/v1/requester/list')).toEqual({ jobs: [] });
  });

  test('1.4.0 and its signed API can be had from the command line', async () => {
    const port = 9_877;
    const child = Child.command([
      '--server',
      '1.4.0',
      '--signed-api',
      '--port',
      String(port),
      '--nodes',
      '1',
      '--quiet',
    ]);
    try {
      expect(await child.firstLine()).toBe(`export BACALHAU_API_HOST=127.0.0.1 BACALHAU_API_PORT=${port}`);
      expect(await post({ url: `http://127.0.0.1:${port}` }, '/api/v1/requester/list')).toEqual({ jobs: [] });
    } finally {
      child.kill('SIGINT');
      expect(await child.ended()).toBe(0);
    }
  });

  test('0.3.16 runs several nodes in one process', async () => {
    await using devnet = await startDevnet({ server: '0.3.16', computeNodes: 3 });
    expect(new Set(devnet.nodes.map(({ id }) => id)).size).toBe(3);
    expect(new Set(devnet.nodes.map(({ pid }) => pid)).size).toBe(1);
    expect(devnet.nodes.map(({ role }) => role)).toEqual(['hybrid', 'hybrid', 'hybrid']);
    expect(await post(devnet, '/version')).toMatchObject({ build_version_info: { gitversion: 'v0.3.16' } });
    expect(await post(devnet, '/list')).toEqual({ jobs: [] });
    await expect(devnet.restart('node-1')).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  test.each([
    [{ server: '0.3.16', signal: AbortSignal.abort() }, 'ABORTED'],
    [{ server: '0.3.16', startTimeoutMs: 50 }, 'START_TIMEOUT'],
    [{ server: '1.4.0', startTimeoutMs: 50 }, 'START_TIMEOUT'],
    [{ server: '1.6.0', config: { API: { Auth: { Methods: 'none' } } } }, 'START_FAILED'],
    [{ server: '1.6.0', config: { Publisher: {} } }, 'INVALID_OPTIONS'],
    [{ server: '1.4.0', config: { Node: { Labls: {} } } }, 'INVALID_OPTIONS'],
  ])('refuses or gives up with a typed error: %p', async (options, code) => {
    const { TMPDIR } = process.env;
    const temporary = await mkdtemp(join(tmpdir(), 'devnet-test-'));
    process.env['TMPDIR'] = temporary;
    try {
      const error = await startDevnet(options).catch((caught: unknown) => caught);
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
    for (const { server } of OLDER) {
      await expect(startDevnet({ server })).rejects.toMatchObject({ code: 'UNSUPPORTED_PLATFORM' });
    }
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
});

test('rejects with a typed error that names the missing commands for namespaces', async () => {
  const { PATH } = process.env;
  process.env['PATH'] = '/nowhere';
  try {
    const expected = process.platform === 'linux' ? 'NAMESPACE_UNAVAILABLE' : 'UNSUPPORTED_PLATFORM';
    await expect(startDevnet({ server: '1.6.0' })).rejects.toMatchObject({ code: expected });
  } finally {
    process.env['PATH'] = PATH;
  }
});
