import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { DevnetError, type DevnetOptions, startDevnet } from 'bacalhau-devnet';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS, withDevnet } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);
beforeAll(pinnedServer, BUILD_TIMEOUT_MS);

/** The error of a start that must fail; and that nothing is left of it. */
async function failure(options: DevnetOptions): Promise<DevnetError> {
  let error: unknown;
  try {
    const devnet = await startDevnet({ server: 'pinned', ...options });
    await devnet.stop();
  } catch (caught) {
    error = caught;
  }
  if (!DevnetError.is(error)) throw new Error('no DevnetError', { cause: error });
  for (const { path } of error.logs) expect(existsSync(dirname(path))).toBe(false);
  return error;
}

describe('a start fails with', () => {
  test('the end of the log, when the server refuses its configuration', async () => {
    const error = await failure({ config: { API: { Auth: { Users: [{ Username: 'x' }] } } } });
    expect(error).toMatchObject({ name: 'DevnetError', code: 'START_FAILED' });
    expect(error.message).toContain("user 'x' has neither username/password nor API key");
    expect(error.logs[0]?.name).toBe('orchestrator');
  });

  test('the log of the compute node, when the compute node fails', async () => {
    const error = await failure({ computeConfig: { Compute: { Heartbeat: { Interval: 'soon' } } } });
    expect(error.code).toBe('START_FAILED');
    expect(error.message).toContain('Heartbeat');
    expect(error.logs[0]?.name).toBe('compute-1');
  });

  test('START_FAILED, not a timeout, for a missing certificate', async () => {
    const error = await failure({
      config: { API: { TLS: { CertFile: '/nonexistent.crt', KeyFile: '/nonexistent.key' } } },
    });
    expect(error.code).toBe('START_FAILED');
    expect(error.message).toContain('/nonexistent.crt');
  });

  test('START_TIMEOUT and what was missing, at the deadline', async () => {
    // A compute node that may not connect.
    const config = { orchestratorConfig: { Orchestrator: { Auth: { Token: 'secret' } } } };
    const started = Date.now();
    const error = await failure({ ...config, startTimeoutMs: 2_500 });
    expect(error.code).toBe('START_TIMEOUT');
    expect(error.message).toContain('compute nodes not connected yet: compute-1');
    expect(error.message).toContain('--- end of the log of compute-1 ---');
    expect(Date.now() - started).toBeGreaterThanOrEqual(2_500);
  });

  test('ABORTED and the reason, when the signal is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const error = await failure({
      signal: controller.signal,
      // After the server was found, so in the midst of the start.
      onProgress: () => setImmediate(() => controller.abort(reason)),
    });
    expect(error.code).toBe('ABORTED');
    expect(error.cause).toBe(reason);
    expect((await failure({ signal: AbortSignal.abort(reason) })).code).toBe('ABORTED');
  });

  test.each([
    [{ computeNodes: -1 }],
    [{ computeNodes: 1.5 }],
    [{ computeNodes: 51 }],
    [{ startTimeoutMs: 0 }],
    [{ startTimeoutMs: Number.NaN }],
  ])('INVALID_OPTIONS for %j', async (options) => {
    expect((await failure(options)).code).toBe('INVALID_OPTIONS');
  });

  test('INVALID_OPTIONS for an option that does not exist, from JavaScript', async () => {
    const untyped: object = { computeNode: 2 };
    const error = await failure(untyped);
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message).toMatch(/^Unknown option "computeNode"\. The options are computeConfig, computeNodes, /);
  });

  test.each([
    [{ config: { API: { Prot: 1234 } } }, 'API.Prot. API has Auth, Host, Port, TLS (option "config")'],
    [{ computeConfig: { Compute: { Hartbeat: {} } } }, 'Compute.Hartbeat. Compute has '],
  ])('INVALID_OPTIONS for a misspelt configuration key: %j', async (options, message) => {
    const error = await failure(options);
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message).toContain(`has no configuration key ${message}`);
  });
});

describe('ports', () => {
  test('set in the configuration are used, and one in use is named in the error', async () => {
    const { server, port } = await listen();
    const options = { orchestratorConfig: { API: { Port: port } } };
    try {
      const error = await failure(options);
      expect(error.code).toBe('PORT_IN_USE');
      expect(error.message).toMatch(new RegExp(`^Port ${port} is already in use .*$`));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await withDevnet(options, async (devnet) => expect(devnet.port).toBe(port));
  });

  test('of a local publisher that are in use fail the start, although the server continues', async () => {
    const { server, port } = await listen();
    try {
      const error = await failure({ computeConfig: { Publishers: { Types: { Local: { Port: port } } } } });
      expect(error.code).toBe('PORT_IN_USE');
      expect(error.message).toMatch(new RegExp(`^Port ${port} is already in use .*$`));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

function listen(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host: '0.0.0.0', port: 0 }, () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve({ server, port: address.port });
    });
  });
}
