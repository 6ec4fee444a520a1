import type { ComputeNodeInfo, Job, NodeState } from 'bacalhau-apiclient';
import { type Demand, DIMENSIONS } from './demand.js';
import { unsuitability } from './suitability.js';

/** How far the scheduler fills a node, of its capacity (over_subscription.go, 1.9.3). */
const OVERSUBSCRIPTION = 1.5;

/** What a network has for jobs of one kind, as of its nodes' last heartbeats. */
export interface Room {
  /** How many of them fit into all suitable nodes when nothing else runs; 0 if no node is suitable. */
  readonly slots: number;
  /** How many of these are taken, by anybody; more than there are if executions wait on the nodes. */
  readonly taken: number;
  /** Whether the scheduler would place another one now. Refused, it is looked at again only after a minute. */
  readonly isOpen: boolean;
  /** Identifies the heartbeats of the suitable nodes, by node. */
  readonly heartbeats: ReadonlyMap<string, string>;
}

/** The connected compute nodes, as the scheduler knows them. */
export class NetworkSnapshot {
  readonly #nodes: readonly NodeState[];

  constructor(nodes: readonly NodeState[]) {
    this.#nodes = nodes.filter(({ Info }) => Info.NodeType === 'Compute');
  }

  /** Whether the nodes tell their room. Those of servers before 1.6 tell it too seldom. */
  get isTelling(): boolean {
    return this.#nodes.every(
      ({ Info, ConnectionState }) =>
        ConnectionState?.LastHeartbeat !== undefined && Info.ComputeNodeInfo?.MaxCapacity !== undefined,
    );
  }

  roomFor(job: Pick<Job, 'Tasks' | 'Constraints' | 'Count'>, demand: Demand): Room {
    const heartbeats = new Map<string, string>();
    let slots = 0;
    let taken = 0;
    let open = 0;
    for (const { Info, ConnectionState } of this.#nodes) {
      const offer = Info.ComputeNodeInfo;
      if (offer === undefined || unsuitability(job, demand, Info) !== undefined) continue;
      heartbeats.set(Info.NodeID, ConnectionState?.LastHeartbeat ?? '');
      // It may ask for as much as the node has at most, so one fits in any case.
      slots += Math.max(1, Math.floor(least(demand, (dimension) => offer.MaxCapacity[dimension] ?? 0)));
      taken += most(demand, (dimension) => usedOf(offer, dimension));
      if (isOpen(offer, demand)) open += 1;
    }
    // Each of several executions goes to a node of its own.
    return { slots, taken, isOpen: open >= Math.max(1, job.Count ?? 1), heartbeats };
  }
}

type Dimension = (typeof DIMENSIONS)[number];

const usedOf = ({ MaxCapacity, AvailableCapacity, QueueCapacity }: ComputeNodeInfo, dimension: Dimension): number =>
  (MaxCapacity[dimension] ?? 0) - (AvailableCapacity[dimension] ?? 0) + (QueueCapacity[dimension] ?? 0);

const isOpen = (offer: ComputeNodeInfo, demand: Demand): boolean =>
  DIMENSIONS.every(
    (dimension) =>
      usedOf(offer, dimension) + demand[dimension] <= (offer.MaxCapacity[dimension] ?? 0) * OVERSUBSCRIPTION,
  );

/** The quotients of an amount and the demand, where there is one. */
const quotients = (demand: Demand, amountOf: (dimension: Dimension) => number): number[] =>
  DIMENSIONS.filter((dimension) => demand[dimension] > 0).map((dimension) => amountOf(dimension) / demand[dimension]);

const least = (demand: Demand, amountOf: (dimension: Dimension) => number): number =>
  Math.min(MOST_SLOTS, ...quotients(demand, amountOf));

const most = (demand: Demand, amountOf: (dimension: Dimension) => number): number =>
  Math.max(0, ...quotients(demand, amountOf));

/** A job that asks for nothing fits as often as this. */
const MOST_SLOTS = 1_000;
