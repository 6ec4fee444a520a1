import type { Room } from './room.js';

/** After it took too much, a fan-out waits for up to so many heartbeats, at random, before it takes more again. */
const MOST_PATIENT = 4;
/** Fractions that should be whole are not quite. */
const EPSILON = 1e-9;

/**
 * The part of the network that a fan-out may fill with its jobs. It begins with what is free, gives way in proportion once
 * all jobs together ask for more than there is, and takes half of what others leave free, so that several fan-outs on one
 * network come to share it. Node by node this is known as of the last heartbeat only.
 */
export class Share {
  /** From 0 to 1; undefined before the first heartbeat. */
  #part: number | undefined;
  #heartbeats: Room['heartbeats'] = new Map();
  #patience = 0;
  /** Whether the last heartbeats told of more than there is room for. */
  #wasCrowded = false;

  /** Whether a job fits into the share beside the load: parts of the network that the jobs under way take. */
  fits(room: Room, load: number, cost: number): boolean {
    return load === 0 || load + cost <= this.#partFor(room) + EPSILON;
  }

  /** How many jobs of a kind fit. */
  windowFor(room: Room): number {
    return Math.max(1, Math.floor(this.#partFor(room) * room.slots + EPSILON));
  }

  /**
   * Considers how much is taken in all, once per heartbeat of all nodes, of which up to `load` by the jobs of this fan-out.
   * Nodes free what a job took only after it was seen to end, so one crowded heartbeat tells nothing yet.
   */
  observe(room: Room, load: number): void {
    if (room.slots === 0) return;
    const isFirst = this.#part === undefined;
    if (!isFirst && [...room.heartbeats].some(([node, at]) => this.#heartbeats.get(node) === at)) return;
    this.#heartbeats = room.heartbeats;
    const slot = 1 / room.slots;
    const taken = room.taken / room.slots;
    const others = Math.max(0, taken - load);
    const part = this.#partFor(room);
    const isCrowded = others >= slot / 2 && taken > 1 + EPSILON;
    if (isFirst) {
      this.#part = Math.max(slot, 1 - others);
    } else if (isCrowded) {
      if (this.#wasCrowded) {
        this.#part = Math.max(slot, part / taken);
        this.#patience = Math.ceil(Math.random() * MOST_PATIENT);
      }
    } else if (this.#patience > 0) {
      this.#patience -= 1;
    } else if (others < slot / 2) {
      this.#part = 1;
    } else {
      const free = 1 - Math.max(taken, load);
      if (free >= slot - EPSILON) this.#part = Math.min(1, part + Math.max(slot, free / 2));
    }
    this.#wasCrowded = isCrowded;
  }

  #partFor({ slots }: Room): number {
    return this.#part ?? (slots === 0 ? 1 : 1 / slots);
  }
}
