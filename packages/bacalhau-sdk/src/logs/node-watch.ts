import { NotFoundError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { Nodes } from '../nodes/index.js';

export interface NodeWatchOptions {
  readonly transport: Transport;
  readonly nodeId: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Between two looks, in milliseconds. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** A node that restarts is disconnected for a moment. */
const LOOKS = 2;

/** Looks up whether a node is still there, while a log of it is silent. */
export class NodeWatch {
  readonly nodeId: string;
  readonly #options: NodeWatchOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #timesGone = 0;

  constructor(options: NodeWatchOptions) {
    this.nodeId = options.nodeId;
    this.#options = options;
  }

  /** Whether the server said twice in a row that the node is disconnected, or that it knows none of that id. */
  get isGone(): boolean {
    return this.#timesGone >= LOOKS;
  }

  /** Looks, if it is time to. */
  look(): void {
    const { everyMs } = this.#options;
    if (performance.now() - this.#lookedAt < everyMs) return;
    this.#lookedAt = performance.now();
    void this.#isDisconnected().then((isDisconnected) => {
      this.#timesGone = isDisconnected ? this.#timesGone + 1 : 0;
    });
  }

  /** A server that does not let this user see nodes, or that does not respond, says nothing about the node. */
  async #isDisconnected(): Promise<boolean> {
    const { transport, nodeId, headers, signal } = this.#options;
    try {
      const node = await new Nodes(transport).get(nodeId, { headers, signal, maxRetries: 0 });
      return node.ConnectionState?.Status === 'DISCONNECTED';
    } catch (error) {
      return error instanceof NotFoundError;
    }
  }
}
