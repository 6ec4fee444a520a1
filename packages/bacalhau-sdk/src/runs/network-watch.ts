import type { NodeState } from 'bacalhau-apiclient';
import { ApiError } from '../errors/index.js';
import { retryWhileUnreachable, type Transport } from '../http/index.js';
import { Nodes } from '../nodes/index.js';
import { messageOf } from '../util/index.js';
import { NetworkSnapshot } from './room.js';

/** How old what is known of the nodes may be, in milliseconds. It is asked for that often at most. */
export const SNAPSHOT_MS = 1_000;

export interface NetworkWatchOptions {
  readonly transport: Transport;
  readonly unreachableAfterMs: number | undefined;
  readonly signal: AbortSignal;
  /** Called, once, if it is not possible to see what the nodes have. */
  readonly onBlind: (reason: string) => void;
}

/** What is known of the nodes of a network. */
export class NetworkWatch {
  readonly #options: NetworkWatchOptions;
  readonly #nodes: Nodes;
  #snapshot: NetworkSnapshot | undefined;
  #requestedAt = Number.NEGATIVE_INFINITY;
  #isBlind = false;

  constructor(options: NetworkWatchOptions) {
    this.#options = options;
    this.#nodes = new Nodes(options.transport);
  }

  /** Undefined if the nodes cannot be listed, or do not tell what they have. */
  get snapshot(): NetworkSnapshot | undefined {
    return this.#snapshot;
  }

  /** Whether it was found that they do not, which is not asked for again. */
  get isBlind(): boolean {
    return this.#isBlind;
  }

  /** Asks for the nodes, if the last answer is too old. Resolves with whether it did. */
  async refresh(): Promise<boolean> {
    if (this.#isBlind || performance.now() - this.#requestedAt < SNAPSHOT_MS) return false;
    this.#requestedAt = performance.now();
    const { transport, signal, unreachableAfterMs: longestMs } = this.#options;
    const list = async (): Promise<readonly NodeState[]> =>
      (await this.#nodes.list({ status: 'connected', signal })).items;
    try {
      const nodes = await retryWhileUnreachable(transport, 'nodes.list', list, { signal, longestMs });
      this.#snapshot = NetworkSnapshot.of(nodes);
      if (this.#snapshot === undefined) this.#goBlind('the server does not say what room its nodes have');
    } catch (error) {
      // What else is wrong is reported by the submission.
      if (!signal.aborted) this.#goBlind(error instanceof ApiError ? messageOf(error) : 'the nodes cannot be listed');
    }
    return true;
  }

  #goBlind(reason: string): void {
    this.#isBlind = true;
    this.#snapshot = undefined;
    this.#options.onBlind(reason);
  }
}
