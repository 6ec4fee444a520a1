import type { HelperSchedule } from './helper-connections.js';
import type { CloseReason, ConnectionEnd, LogConnection } from './log-connection.js';
import type { NodeWatch } from './node-watch.js';

export interface Supervision {
  /** How often the connection is checked. */
  readonly everyMs: number;
  /** How long a follow may stay quiet that only reads what a snapshot lacked. */
  readonly lastChunkMs: number | undefined;
  /** How long a follow may stay quiet after its execution has ended. */
  readonly endGraceMs: number;
  /** Returns how long a snapshot may stay quiet. */
  readonly silenceTimeoutMs: () => number;
  readonly hasExecutionEnded: () => boolean;
  /** The execution's node, where the log is given up if that is gone. */
  readonly node: NodeWatch | undefined;
  readonly schedule: HelperSchedule;
  readonly openHelper: () => void;
}

/** Waits for the end of a connection, and closes it where it would not end. */
export async function superviseConnection(connection: LogConnection, supervision: Supervision): Promise<ConnectionEnd> {
  const { everyMs, lastChunkMs, endGraceMs, silenceTimeoutMs } = supervision;
  const { hasExecutionEnded, node, schedule, openHelper } = supervision;
  let endSeenAt: number | undefined;
  const closeReason = (): CloseReason | undefined => {
    if (hasExecutionEnded()) endSeenAt ??= performance.now();
    if (!connection.follow) {
      if (connection.quietMs > silenceTimeoutMs()) return 'silent';
      if (node === undefined || connection.quietMs < endGraceMs) return undefined;
      node.look();
      return node.isGone ? 'nodeGone' : undefined;
    }
    if (lastChunkMs !== undefined && connection.quietMs > lastChunkMs) return 'caughtUp';
    if (endSeenAt === undefined) return undefined;
    return Math.min(connection.quietMs, performance.now() - endSeenAt) > endGraceMs ? 'executionEnded' : undefined;
  };
  const timer = setInterval(() => {
    if (!connection.isOpened) return;
    const reason = closeReason();
    if (reason !== undefined) connection.close(reason);
    else if (schedule.isDue(connection)) openHelper();
  }, everyMs);
  try {
    return await connection.ended;
  } finally {
    clearInterval(timer);
  }
}
