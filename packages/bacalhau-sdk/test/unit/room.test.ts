import type { Constraint, NodeState } from 'bacalhau-apiclient';
import { placementFailure } from '../../src/outcome/placement-failure.js';
import { DEFAULT_DEMAND, demandOf } from '../../src/runs/demand.js';
import { withQueueTimeout } from '../../src/runs/queue-timeout.js';
import { NetworkSnapshot, type Room } from '../../src/runs/room.js';
import { Share } from '../../src/runs/share.js';

const task = { Name: 'main', Engine: { Type: 'wasm' } };
const jobOf = (CPU?: string, Constraints: Constraint[] = []) => ({
  Constraints,
  Tasks: [{ ...task, ...(CPU !== undefined && { Resources: { CPU } }) }],
});

/** A node of 1.6 cores, of which so many are used or waited for. */
function nodeOf(used: number, waiting = 0): NodeState {
  const MaxCapacity = { CPU: 1.6, Memory: 8e9, Disk: 1e11, GPU: 0 };
  return {
    Info: {
      NodeID: `n-${used}`,
      NodeType: 'Compute',
      Labels: { region: 'eu', cores: '2' },
      BacalhauVersion: { GitVersion: 'v1.9.3', GitCommit: '', BuildDate: '', GOOS: 'linux', GOARCH: 'amd64' },
      ComputeNodeInfo: {
        ...{ ExecutionEngines: ['wasm'], Publishers: ['local'], StorageSources: ['inline'] },
        ...{ MaxCapacity, MaxJobRequirements: MaxCapacity, RunningExecutions: 0, EnqueuedExecutions: 0 },
        AvailableCapacity: { ...MaxCapacity, CPU: 1.6 - used },
        QueueCapacity: { CPU: waiting },
      },
    },
    Membership: 'APPROVED',
    Connection: 'CONNECTED',
    ConnectionState: {
      ...{ Status: 'CONNECTED', LastHeartbeat: '2026-01-01T00:00:00Z' },
      ...{ ConnectedSince: '2026-01-01T00:00:00Z', DisconnectedSince: '0001-01-01T00:00:00Z' },
    },
  };
}

const roomOf = (nodes: NodeState[], job = jobOf()): Room | undefined =>
  NetworkSnapshot.of(nodes)?.roomFor(job, demandOf(job, DEFAULT_DEMAND));

test('a job without resources counts as half a core, and the scheduler fills a node to one and a half times its capacity', () => {
  expect(roomOf([nodeOf(0)])).toMatchObject({ slots: 3, taken: 0, isOpen: true });
  expect(roomOf([nodeOf(1.5)])).toMatchObject({ slots: 3, taken: 3, isOpen: true });
  expect(roomOf([nodeOf(1.5, 0.5)])).toMatchObject({ slots: 3, taken: 4, isOpen: false });
  expect(roomOf([nodeOf(1.5, 0.5), nodeOf(0)])).toMatchObject({ slots: 6, taken: 4, isOpen: true });
  // Memory that a job does not ask for counts too.
  expect(roomOf([nodeOf(0)], jobOf('10m'))?.slots).toBe(15);
});

test.each<[Constraint['Operator'], string, string[], number]>([
  ['=', 'region', ['eu'], 3],
  ['=', 'region', ['us'], 0],
  ['in', 'region', ['us', 'eu'], 3],
  ['notin', 'region', ['eu'], 0],
  ['!=', 'zone', ['a'], 3],
  ['gt', 'cores', ['1'], 3],
  ['lt', 'cores', ['1'], 0],
  ['exists', 'zone', [], 0],
  ['!', 'zone', [], 3],
  ['=', 'favour_region', ['us'], 3],
])('constraint %s on %s with %j leaves %d slots', (Operator, Key, Values, slots) => {
  expect(roomOf([nodeOf(0)], jobOf(undefined, [{ Key, Operator, Values }]))?.slots).toBe(slots);
});

test('a job that asks for more than any node has is suited by none', () => {
  expect(roomOf([nodeOf(0)], jobOf('2'))?.slots).toBe(0);
  expect(roomOf([nodeOf(0)], jobOf('1600m'))).toMatchObject({ slots: 1, isOpen: true });
});

test.each([
  [
    { CPU: '500m', Memory: '512Mb' },
    { CPU: 0.5, Memory: 512e6 },
  ],
  [
    { CPU: '0.1', Memory: '1 GiB', Disk: '2g', GPU: '1' },
    { CPU: 0.1, Memory: 2 ** 30, Disk: 2e9, GPU: 1 },
  ],
  [{ CPU: 'much' }, { CPU: 0.5 }],
])('resources %j are read', (Resources, expected) => {
  expect(demandOf({ Tasks: [{ ...task, Resources }] }, DEFAULT_DEMAND)).toMatchObject(expected);
});

test('a share begins with what is free, gives way to others, and is the whole once they are gone', () => {
  const share = new Share();
  let beats = 0;
  const beat = (taken: number, load: number): number => {
    beats += 1;
    const room = { slots: 12, taken, isOpen: true, heartbeats: new Map([['n', `${beats}`]]) };
    share.observe(room, load);
    return share.windowFor(room);
  };
  expect(beat(6, 0)).toBe(6);
  // Ours are 6 of 18; once, these may be jobs that have just ended.
  expect(beat(18, 6 / 12)).toBe(6);
  expect(beat(18, 6 / 12)).toBe(4);
  // It is patient for some heartbeats, and then takes what is left.
  const sizes = Array.from({ length: 5 }, () => beat(4, 4 / 12));
  expect(sizes[0]).toBe(4);
  expect(sizes.at(-1)).toBe(12);
});

test('nodes that free what jobs took a little late are not taken for nodes with other jobs', () => {
  const share = new Share();
  const windows = [0, 2, 3, 4, 3, 4, 2].map((taken, beat) => {
    const room = { slots: 3, taken, isOpen: true, heartbeats: new Map([['n', `${beat}`]]) };
    share.observe(room, taken === 0 ? 0 : 1);
    return share.windowFor(room);
  });
  expect(windows).toEqual([3, 3, 3, 3, 3, 3, 3]);
});

test('the same heartbeat counts once', () => {
  const share = new Share();
  const room = { slots: 4, taken: 3, isOpen: true, heartbeats: new Map([['n', '1']]) };
  share.observe(room, 0);
  share.observe({ ...room, taken: 0 }, 0);
  expect(share.windowFor(room)).toBe(1);
});

const NOT_ENOUGH = 'not enough nodes to run job. requested: 1, available: 2, suitable: 0.';

test.each([
  ['another failure', undefined],
  [NOT_ENOUGH, 'unknown'],
  [`${NOT_ENOUGH}\n• Node n-1: node busy with available capacity {CPU: 0.10, Memory: 1 GB}`, 'busy'],
  [`${NOT_ENOUGH}\n• Node n-1: labels map[a:b] don't match required selectors [x=y]`, 'impossible'],
  [
    `${NOT_ENOUGH}\n• Node n-1: job requires more CPU (99) than the maximum available (1.6)\n• Node n-2: job rejected`,
    'busy',
  ],
  [`${NOT_ENOUGH}\n• 2 of 2 nodes: does not support docker, only wasm`, 'impossible'],
])('%j: the failure is %s', (message, failure) => {
  expect(placementFailure(message)).toBe(failure);
});

test('a queue timeout is added to tasks without one, as far as their total allows', () => {
  const timeoutsOf = (Timeouts: object) =>
    withQueueTimeout({ Type: 'batch', Count: 1, Tasks: [{ ...task, Timeouts }] }, 1_500).Tasks[0]?.Timeouts;
  expect(timeoutsOf({})).toEqual({ QueueTimeout: 2 });
  expect(timeoutsOf({ QueueTimeout: 9 })).toEqual({ QueueTimeout: 9 });
  expect(timeoutsOf({ ExecutionTimeout: 4, TotalTimeout: 5 })).toMatchObject({ QueueTimeout: 1 });
  expect(timeoutsOf({ ExecutionTimeout: 5, TotalTimeout: 5 })).toEqual({ ExecutionTimeout: 5, TotalTimeout: 5 });
});
