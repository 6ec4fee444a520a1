import type { NodeState } from 'bacalhau-apiclient';
import { type Demand, DIMENSIONS, type Dimension } from './demand.js';
import { type NodeOffer, offerOf } from './node-offer.js';
import { isSuitable, type Requirements } from './suitability.js';

/** How far the scheduler fills a node, of its capacity (over_subscription.go, 1.9.3). */
const OVERSUBSCRIPTION = 1.5;
/** A job that asks for nothing fits into a node as often as this. */
const MOST_SLOTS = 1_000;

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
  readonly #offers: readonly NodeOffer[];
  /** By the kind of job. */
  readonly #rooms = new Map<string, Room>();

  private constructor(offers: readonly NodeOffer[]) {
    this.#offers = offers;
  }

  /** Returns undefined if a node does not tell its room. */
  static of(nodes: readonly NodeState[]): NetworkSnapshot | undefined {
    const offers: NodeOffer[] = [];
    for (const node of nodes) {
      if (node.Info.NodeType !== 'Compute') continue;
      const offer = offerOf(node);
      if (offer === undefined) return undefined;
      offers.push(offer);
    }
    return new NetworkSnapshot(offers);
  }

  get isEmpty(): boolean {
    return this.#offers.length === 0;
  }

  roomFor(job: Requirements, demand: Demand): Room {
    const kind = kindOf(job, demand);
    const room = this.#rooms.get(kind) ?? this.#calculate(job, demand);
    this.#rooms.set(kind, room);
    return room;
  }

  #calculate(job: Requirements, demand: Demand): Room {
    const suitable = this.#offers.filter((offer) => isSuitable(job, demand, offer));
    const open = suitable.filter((offer) => isOpen(offer, demand)).length;
    return {
      slots: sum(suitable.map((offer) => slotsOf(offer, demand))),
      taken: sum(suitable.map(({ used }) => Math.max(0, ...quotients(used, demand)))),
      // Each of several executions goes to a node of its own.
      isOpen: open >= Math.max(1, job.Count ?? 1),
      heartbeats: new Map(suitable.map(({ id, heartbeat }) => [id, heartbeat])),
    };
  }
}

/** Returns what jobs have in common for which there is the same room. */
export function kindOf({ Tasks, Constraints, Count }: Requirements, demand: Demand): string {
  const { Engine, Publisher, InputSources } = Tasks[0] ?? {};
  const storages = (InputSources ?? []).map(({ Source }) => Source?.Type);
  return JSON.stringify([Engine?.Type, Publisher?.Type, storages, Constraints, Count, demand]);
}

const isOpen = ({ used, capacity }: NodeOffer, demand: Demand): boolean =>
  DIMENSIONS.every((dimension) => used[dimension] + demand[dimension] <= capacity[dimension] * OVERSUBSCRIPTION);

/** A job may ask for as much as a node gives to one, so one fits in any case. */
const slotsOf = ({ capacity }: NodeOffer, demand: Demand): number =>
  Math.max(1, Math.floor(Math.min(MOST_SLOTS, ...quotients(capacity, demand))));

/** The quotients of an amount and the demand, where there is one. */
const quotients = (amount: Demand, demand: Demand): number[] =>
  DIMENSIONS.filter((dimension: Dimension) => demand[dimension] > 0).map(
    (dimension) => amount[dimension] / demand[dimension],
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);
