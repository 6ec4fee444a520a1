import { nodeReaderAuthorization } from '../../src/credentials.js';
import { deepMerge, isJsonObject, type JsonObject, valueAt } from '../../src/json.js';
import type { NetworkPlan, ProcessPlan } from '../../src/plan.js';
import type { ServerSettings } from '../../src/servers/kind.js';
import { namedKind } from '../../src/servers/table.js';
import { SERVER_VERSIONS, type ServerVersion } from '../../src/servers/versions.js';

const PORTS = [10_001, 10_002, 10_003, 10_004, 10_005, 10_006];

function plan(server: ServerVersion, settings: ServerSettings = {}): NetworkPlan {
  const kind = namedKind(server);
  if (kind === undefined) throw new Error(`no server ${server}`);
  return kind.plan({ dir: '/d', logDir: '/d/logs', computeNodes: 2, ports: PORTS }, settings);
}

/** The configuration that is written for a process. */
function configOf(process: ProcessPlan | undefined): JsonObject {
  const config: unknown = JSON.parse(process?.files[0]?.text ?? '');
  if (!isJsonObject(config)) throw new Error('no configuration');
  return config;
}

describe('the plan of a network of 1.6 or newer', () => {
  test.each(['1.6.0', '1.9.3'] as const)('gives each process its own ports and directory: %s', (server) => {
    expect(namedKind(server)?.ports(2)).toBe(PORTS.length);
    const { first, others, forwards } = plan(server);
    expect(configOf(first)).toMatchObject({
      API: { Host: '127.0.0.1', Port: 10_001 },
      Orchestrator: { Enabled: true, Host: '127.0.0.1', Port: 10_002 },
      Compute: { Enabled: false },
      DisableAnalytics: true,
      UpdateConfig: { Interval: '0s' },
      WebUI: { Enabled: false },
    });
    expect(configOf(others[1])).toMatchObject({
      API: { Host: '127.0.0.1', Port: 10_005 },
      Orchestrator: { Enabled: false },
      Compute: { Enabled: true, Orchestrators: ['nats://127.0.0.1:10002'] },
      Publishers: { Types: { Local: { Address: '127.0.0.1', Port: 10_006 } } },
    });
    expect(new Set(others.map(({ nodes }) => nodes[0]?.dataDir)).size).toBe(2);
    // All but the port that only the nodes use.
    expect(forwards.map(({ port }) => port).sort()).toEqual(PORTS.filter((port) => port !== 10_002));
    expect(forwards.every(({ port, inside }) => port === inside)).toBe(true);
  });

  test('lets the shared configuration change anything except what distinguishes the nodes', () => {
    const { first, others } = plan('1.9.3', { config: { API: { Port: 1234 }, DisableAnalytics: false } });
    expect(first.nodes[0]?.apiPort).toBe(10_001);
    expect(others[0]?.nodes[0]?.apiPort).toBe(10_003);
    expect(configOf(first)['DisableAnalytics']).toBe(false);
  });

  test('lets the configuration of a role change ports, and uses those', () => {
    const { first, others, api, forwards } = plan('1.9.3', {
      orchestratorConfig: { api: { port: 1234 }, orchestrator: { port: 4222, enabled: false } },
    });
    expect(first.nodes[0]?.apiPort).toBe(1234);
    expect(api.port).toBe(1234);
    expect(forwards).toContainEqual({ port: 1234, inside: 1234 });
    expect(valueAt(configOf(first), 'Orchestrator', 'Enabled')).toBe(true);
    expect(valueAt(configOf(others[0]), 'Compute', 'Orchestrators')).toEqual(['nats://127.0.0.1:4222']);
  });

  test('knows how its API is reached', () => {
    const config = { API: { TLS: { SelfSigned: true }, Host: '0.0.0.0' }, Logging: { Level: 'warn' } };
    expect(plan('1.9.3', { config, orchestratorConfig: { API: { Host: '0.0.0.0' } } }).api).toMatchObject({
      host: '127.0.0.1',
      tls: true,
      selfSigned: true,
      logsConnections: false,
      approvedByHand: false,
    });
  });
});

describe('the plan of a network of 1.4', () => {
  test('says the same in the words of that version', () => {
    const { first, others, forwards } = plan('1.4.0');
    expect(configOf(first)).toMatchObject({
      Node: {
        Name: first.nodes[0]?.id,
        Type: ['requester'],
        ServerAPI: { Host: '127.0.0.1', Port: 10_001 },
        Network: { Port: 10_002 },
        WebUI: { Enabled: false },
      },
      Update: { SkipChecks: true },
    });
    expect(configOf(others[1])).toMatchObject({
      Node: {
        Name: others[1]?.nodes[0]?.id,
        Type: ['compute'],
        ServerAPI: { Host: '127.0.0.1', Port: 10_005 },
        Network: { Orchestrators: ['nats://127.0.0.1:10002'] },
        Compute: { LocalPublisher: { Address: '127.0.0.1', Port: 10_006, Directory: '/d/compute-2/published' } },
      },
    });
    expect(others[1]?.files.map(({ path }) => path)).toEqual([
      '/d/compute-2/config.yaml',
      '/d/compute-2/published/.keep',
    ]);
    expect(forwards.map(({ port }) => port).sort()).toEqual(PORTS.filter((port) => port !== 10_002));
  });

  test('has the signed API only if asked for', () => {
    const name = 'REQUESTER_ENDPOINT_USE_DEPRECATED_ENV';
    expect(plan('1.4.0').first.env).not.toHaveProperty(name);
    expect(plan('1.4.0', { signedApi: true }).first.env).toHaveProperty(name, '1');
  });
});

describe('the plan of a network of 0.3.16', () => {
  test('has all nodes in one process, each with a port of its own', () => {
    const { first, others, forwards, api } = plan('0.3.16');
    expect(others).toEqual([]);
    expect(first.args).toEqual(['devstack', '--nodes', '2', '--noop']);
    expect(first.nodes.map(({ name, apiPort }) => [name, apiPort])).toEqual([
      ['node-1', 10_001],
      ['node-2', 10_002],
    ]);
    expect(api.port).toBe(10_001);
    expect(forwards).toEqual([
      { port: 10_001, inside: 20_000 },
      { port: 10_002, inside: 20_001 },
    ]);
    expect(plan('0.3.16', { executor: 'docker' }).first.args).not.toContain('--noop');
  });
});

test.each(SERVER_VERSIONS)('the network of %s takes exactly the ports that it says', (server) => {
  const kind = namedKind(server);
  const input = { dir: '/d', logDir: '/d/logs', computeNodes: 1, ports: PORTS.slice(0, kind?.ports(1)) };
  expect(() => kind?.plan(input, {})).not.toThrow();
  expect(() => kind?.plan({ ...input, ports: input.ports.slice(1) }, {})).toThrow('too few ports');
});

describe('deepMerge', () => {
  test('merges objects case-insensitively, replaces other values, and does not modify its inputs', () => {
    const first = { A: { B: 1, C: [1, 2] }, D: 'd' };
    expect(deepMerge(first, undefined, { a: { c: [3], E: null } }, { D: { F: true } })).toEqual({
      A: { B: 1, C: [3], E: null },
      D: { F: true },
    });
    expect(first).toEqual({ A: { B: 1, C: [1, 2] }, D: 'd' });
  });
});

describe('nodeReaderAuthorization', () => {
  const users = (...list: object[]) => JSON.parse(JSON.stringify({ API: { Auth: { Users: list } } }));
  const can = (...actions: string[]) => [{ Actions: actions }];

  test.each([
    ['nobody', [], undefined],
    ['a key', [{ APIKey: 'k', Capabilities: can('read:job', 'read:node') }], 'Bearer k'],
    ['a password', [{ Username: 'ä', Password: 'p', Capabilities: can('*') }], `Basic ${btoa('Ã¤:p')}`],
    ['one who may not', [{ APIKey: 'k', Capabilities: can('write:node', 'read:job') }], undefined],
    ['a hash', [{ Username: 'u', Password: '$2a$10$abc', Capabilities: can('*') }], undefined],
    [
      'the first user who can',
      [
        { Username: 'u', Password: '$2b$10$abc', Capabilities: can('*') },
        { APIKey: 'k', Capabilities: can('read:*') },
      ],
      'Bearer k',
    ],
  ])('with %s', (_, list, expected) => {
    expect(nodeReaderAuthorization(users(...list))).toBe(expected);
  });
});
