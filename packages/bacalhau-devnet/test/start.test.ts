import { existsSync } from 'node:fs';
import { type NodeExit, startDevnet } from 'bacalhau-devnet';
import { connectedComputeNodes, resultUrls, submit, waitForState, wasmJob } from './support/api.js';
import { leftovers, tracesOf } from './support/leftovers.js';
import { poll } from './support/poll.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS, withDevnet } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);
beforeAll(pinnedServer, BUILD_TIMEOUT_MS);

describe('startDevnet', () => {
  test.each([1, 3])('has %i compute nodes connected when it resolves', async (computeNodes) => {
    await withDevnet({ computeNodes }, async (devnet) => {
      const planned = devnet.nodes.filter(({ role }) => role === 'compute').map(({ id }) => id);
      expect(planned).toHaveLength(computeNodes);
      expect(await connectedComputeNodes(devnet)).toEqual([...planned].sort());
    });
  });

  test('returns what a client needs: url, environment and logs', async () => {
    await withDevnet({}, async (devnet) => {
      expect(devnet.url).toBe(`http://127.0.0.1:${devnet.port}`);
      expect(devnet.https).toBe(false);
      expect(devnet.version).toBe('v1.9.3');
      expect(devnet.env).toEqual({ BACALHAU_API_HOST: '127.0.0.1', BACALHAU_API_PORT: String(devnet.port) });
      expect(devnet.nodes.map(({ name, role, running }) => [name, role, running])).toEqual([
        ['orchestrator', 'orchestrator', true],
        ['compute-1', 'compute', true],
      ]);
      const logs = await devnet.logs();
      expect(logs.map(({ name }) => name)).toEqual(['orchestrator', 'compute-1']);
      for (const { text } of logs) expect(text).toContain('bacalhau node running');
    });
  });

  test('runs a WebAssembly job and serves its result', async () => {
    await withDevnet({}, async (devnet) => {
      const id = await submit(devnet, wasmJob());
      await waitForState(devnet, id, 'Completed');
      const [url] = await resultUrls(devnet, id);
      const answer = await fetch(url ?? '');
      expect(answer.status).toBe(200);
      const magic = new Uint8Array(await answer.arrayBuffer()).slice(0, 2);
      expect([...magic]).toEqual([0x1f, 0x8b]);
    });
  });

  test('works without compute nodes', async () => {
    await withDevnet({ computeNodes: 0 }, async (devnet) => {
      expect(await connectedComputeNodes(devnet)).toEqual([]);
    });
  });

  test('does not let variables of the shell override the configuration', async () => {
    process.env['BACALHAU_API_PORT'] = '1';
    try {
      await withDevnet({}, async (devnet) => expect(await connectedComputeNodes(devnet)).toHaveLength(1));
    } finally {
      delete process.env['BACALHAU_API_PORT'];
    }
  });

  test('runs two side by side', async () => {
    const devnets = await Promise.all([startDevnet({ server: 'pinned' }), startDevnet({ server: 'pinned' })]);
    try {
      const ids = await Promise.all(devnets.map(connectedComputeNodes));
      expect(new Set(ids.flat()).size).toBe(2);
    } finally {
      await Promise.all(devnets.map((devnet) => devnet.stop()));
    }
    for (const devnet of devnets) expect(existsSync(devnet.dir)).toBe(false);
  });

  test('restarts a node with its data', async () => {
    await withDevnet({ computeNodes: 1 }, async (devnet) => {
      const id = await submit(devnet, wasmJob());
      await waitForState(devnet, id, 'Completed');
      const before = devnet.nodes.map(({ pid }) => pid);
      await devnet.restart('compute-1');
      const after = devnet.nodes.map(({ pid }) => pid);
      expect(after[0]).toBe(before[0]);
      expect(after[1]).not.toBe(before[1]);
      await waitForState(devnet, await submit(devnet, wasmJob()), 'Completed');
      await expect(devnet.restart('compute-9')).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    });
  });

  test('restarts the orchestrator with its jobs', async () => {
    // The interval decides how soon a compute node notices.
    const computeConfig = { Compute: { Heartbeat: { Interval: '1s' } } };
    await withDevnet({ computeConfig }, async (devnet) => {
      const id = await submit(devnet, wasmJob());
      await waitForState(devnet, id, 'Completed');
      await devnet.restart();
      await waitForState(devnet, id, 'Completed');
      expect(await connectedComputeNodes(devnet)).toHaveLength(1);
    });
  });

  test('reports a server that ends unexpectedly', async () => {
    const exits: NodeExit[] = [];
    await withDevnet({ onExit: (exit) => exits.push(exit) }, async (devnet) => {
      process.kill(devnet.nodes[1]?.pid ?? 0, 'SIGKILL');
      await poll('the report', () => exits.length > 0);
      expect(devnet.nodes.map(({ running }) => running)).toEqual([true, false]);
    });
    expect(exits).toMatchObject([{ node: { name: 'compute-1' }, code: null, signal: 'SIGKILL' }]);
  });
});

describe('stop', () => {
  test('leaves no process, port or directory, and may be called again', async () => {
    const devnet = await startDevnet({ server: 'pinned', computeNodes: 2 });
    const traces = tracesOf(devnet);
    expect(await leftovers(traces)).toHaveLength(3 + 3 + 1);
    await Promise.all([devnet.stop(), devnet.stop()]);
    await devnet.stop();
    expect(await leftovers(traces)).toEqual([]);
  });

  test('runs at the end of `await using`', async () => {
    const devnet = await startDevnet({ server: 'pinned' });
    await devnet[Symbol.asyncDispose]();
    expect(await leftovers(tracesOf(devnet))).toEqual([]);
  });
});
