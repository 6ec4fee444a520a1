import { planNetwork, portsNeeded } from '../../src/config.js';
import { nodeReaderAuthorization } from '../../src/credentials.js';
import { deepMerge, valueAt } from '../../src/json.js';

const PORTS = [10_001, 10_002, 10_003, 10_004, 10_005, 10_006];

function plan(options: Partial<Parameters<typeof planNetwork>[0]> = {}) {
  return planNetwork({
    dir: '/d',
    logDir: '/d/logs',
    computeNodes: 2,
    ports: PORTS,
    config: {},
    orchestratorConfig: {},
    computeConfig: {},
    ...options,
  });
}

describe('planNetwork', () => {
  test('gives each process its own ports and directory', () => {
    expect(portsNeeded(2)).toBe(PORTS.length);
    const { orchestrator, computeNodes } = plan();
    expect(orchestrator.config).toMatchObject({
      API: { Host: '127.0.0.1', Port: 10_001 },
      Orchestrator: { Enabled: true, Host: '127.0.0.1', Port: 10_002 },
      Compute: { Enabled: false },
      DisableAnalytics: true,
      UpdateConfig: { Interval: '0s' },
      WebUI: { Enabled: false },
    });
    expect(computeNodes[1]?.config).toMatchObject({
      API: { Host: '127.0.0.1', Port: 10_005 },
      Orchestrator: { Enabled: false },
      Compute: { Enabled: true, Orchestrators: ['nats://127.0.0.1:10002'] },
      Publishers: { Types: { Local: { Address: '127.0.0.1', Port: 10_006 } } },
    });
    expect(new Set(computeNodes.map(({ dataDir }) => dataDir)).size).toBe(2);
  });

  test('lets the shared configuration change anything except what distinguishes the nodes', () => {
    const { orchestrator, computeNodes } = plan({ config: { API: { Port: 1234 }, DisableAnalytics: false } });
    expect(orchestrator.apiPort).toBe(10_001);
    expect(computeNodes[0]?.apiPort).toBe(10_003);
    expect(orchestrator.config['DisableAnalytics']).toBe(false);
  });

  test('lets the configuration of a role change ports, and uses those', () => {
    const { orchestrator, computeNodes } = plan({
      orchestratorConfig: { api: { port: 1234 }, orchestrator: { port: 4222, enabled: false } },
    });
    expect(orchestrator.apiPort).toBe(1234);
    expect(valueAt(orchestrator.config, 'Orchestrator', 'Enabled')).toBe(true);
    expect(valueAt(computeNodes[0]?.config ?? {}, 'Compute', 'Orchestrators')).toEqual(['nats://127.0.0.1:4222']);
  });
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
