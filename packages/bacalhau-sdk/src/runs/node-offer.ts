import type { NodeState, Resources } from 'bacalhau-apiclient';
import type { Demand } from './demand.js';

/** What a compute node has for jobs, as of its last heartbeat. */
export interface NodeOffer {
  readonly id: string;
  /** When that heartbeat was. */
  readonly heartbeat: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Types, in lower case. */
  readonly engines: readonly string[];
  readonly publishers: readonly string[];
  readonly storages: readonly string[];
  /** What it gives to all jobs, */
  readonly capacity: Demand;
  /** and to one at most. */
  readonly jobLimit: Demand;
  /** What jobs use of it or wait for. */
  readonly used: Demand;
}

/** Returns what a node offers; undefined if it does not tell its room. Those of servers before 1.6 tell it too seldom. */
export function offerOf({ Info, ConnectionState }: NodeState): NodeOffer | undefined {
  const compute = Info.ComputeNodeInfo;
  const heartbeat = ConnectionState?.LastHeartbeat;
  if (heartbeat === undefined || compute?.MaxCapacity === undefined || compute.AvailableCapacity === undefined) {
    return undefined;
  }
  const capacity = amounts(compute.MaxCapacity);
  const available = amounts(compute.AvailableCapacity);
  const waiting = amounts(compute.QueueCapacity);
  const used = (dimension: keyof Demand): number => capacity[dimension] - available[dimension] + waiting[dimension];
  return {
    id: Info.NodeID,
    heartbeat,
    labels: Info.Labels ?? {},
    engines: types(compute.ExecutionEngines),
    publishers: types(compute.Publishers),
    storages: types(compute.StorageSources),
    capacity,
    jobLimit: amounts(compute.MaxJobRequirements),
    used: { CPU: used('CPU'), Memory: used('Memory'), Disk: used('Disk'), GPU: used('GPU') },
  };
}

/** Servers leave out what is 0. */
const amounts = ({ CPU = 0, Memory = 0, Disk = 0, GPU = 0 }: Resources = {}): Demand => ({ CPU, Memory, Disk, GPU });

const types = (names: readonly string[] | null | undefined): string[] =>
  (names ?? []).map((name) => name.toLowerCase());
