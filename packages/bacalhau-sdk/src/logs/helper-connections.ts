import type { LogLimits } from './limits.js';
import type { ConnectionEnd, LogConnection } from './log-connection.js';

/** More would only lengthen the node's queue. */
const MAX_HELPERS = 2;

/**
 * Second requests for a log whose main connection delivers nothing. A helper is a snapshot, which the node serves and
 * forgets even when nobody reads it. It makes the node drop an older stream that blocks the main connection, and if it
 * delivers what the main connection did not, that one is dead.
 */
export class HelperConnections {
  readonly #connect: () => LogConnection;
  readonly #active = new Set<LogConnection>();

  /** `connect` opens a snapshot. */
  constructor(connect: () => LogConnection) {
    this.#connect = connect;
  }

  /** Opens a helper, and closes the oldest one where there are too many. */
  open(onEnd: (end: ConnectionEnd, helper: LogConnection) => void): void {
    if (this.#active.size >= MAX_HELPERS) [...this.#active][0]?.close('notNeeded');
    const helper = this.#connect();
    this.#active.add(helper);
    void helper.ended.then(
      (end) => {
        this.#active.delete(helper);
        onEnd(end, helper);
      },
      () => this.#active.delete(helper), // The main connection meets the same failure.
    );
  }

  closeAll(): void {
    for (const helper of this.#active) helper.close('notNeeded');
  }

  /** Resolves when every helper has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#active].map(({ ended }) => ended));
  }
}

/** Decides when a main connection needs a helper. */
export class HelperSchedule {
  readonly #limits: LogLimits;
  #nextNudgeMs: number;
  #nextProbeMs: number;
  #count = 0;

  constructor(limits: LogLimits, { firstNudgeMs }: { readonly firstNudgeMs: number }) {
    this.#limits = limits;
    this.#nextNudgeMs = firstNudgeMs;
    this.#nextProbeMs = limits.probeMs;
  }

  /**
   * Returns whether a helper is due: a probe for a follow that fell silent, a nudge for any other connection that ought to
   * deliver something and does not. They come in pairs, each pair later than the one before.
   */
  isDue({ follow, frames, quietMs }: LogConnection): boolean {
    const { nudgeMs, longestNudgeMs, probeMs, longestProbeMs } = this.#limits;
    if (follow && frames > 0) {
      if (quietMs <= this.#nextProbeMs) return false;
      this.#nextProbeMs = quietMs + this.#intervalMs(probeMs, longestProbeMs);
      return true;
    }
    if (quietMs <= this.#nextNudgeMs) return false;
    this.#nextNudgeMs = quietMs + this.#intervalMs(nudgeMs, longestNudgeMs);
    return true;
  }

  #intervalMs(baseMs: number, longestMs: number): number {
    this.#count += 1;
    return this.#count % 2 === 1 ? this.#limits.secondHelperMs : Math.min(longestMs, baseMs * this.#count);
  }
}
