import { logPolicy } from '../http/index.js';
import type { QueueLimit } from './orchestrator-queue.js';

/** The delays and sizes of reading logs. Tests make them short. */
export interface LogLimits {
  /** Chunks buffered for a slow reader, over all executions. */
  readonly bufferedFrames: number;
  /** The same in UTF-16 units of text. */
  readonly bufferedUnits: number;
  /**
   * From the end of a connection to the next one of a running execution. A node serves one stream at a time and keeps
   * the place of those that went away; at every tenth second it drops those that are older than a request of the last
   * five. Reconnecting sooner only makes its queue longer.
   */
  readonly reconnectMs: number;
  /** Added at random, so that two readers do not keep dropping each other. */
  readonly reconnectJitterMs: number;
  /** The pause after a first failure; it doubles with each further one. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Failures in a row, none of which brought anything new, before the stream is given up. */
  readonly maxFailures: number;
  /** The same for an execution that has ended, where other output is left, if the server itself is within reach. */
  readonly maxFailuresAfterEnd: number;
  /** How many HTTP responses to an upgrade show that there are no WebSockets on the way. */
  readonly maxRefusals: number;
  /**
   * After how long, and three upgrades without a response, a server that responds to other requests is taken to be behind
   * a gateway without WebSockets.
   */
  readonly unopenedAfterMs: number;
  /** How often the state of the node of a silent log is looked up. It is gone if it is disconnected twice in a row. */
  readonly nodeCheckMs: number;
  /**
   * When a connection that has delivered nothing sends a second request, in case it is queued behind a stream that nobody
   * reads any more. One more request follows after `secondHelperMs`: of two that are less than five seconds apart, one is
   * in time.
   */
  readonly nudgeMs: number;
  readonly secondHelperMs: number;
  readonly longestNudgeMs: number;
  /** When a follow that fell silent is checked in the same way, at first and at most. */
  readonly probeMs: number;
  readonly longestProbeMs: number;
  /** How long a connection may take to open: the server does that before it asks a node for anything. */
  readonly openTimeoutMs: number;
  /** How long a follow may stay quiet after its execution has ended. Some servers forget to end it. */
  readonly endGraceMs: number;
  /** How long the log of an execution may take to begin. The server itself looks for one for 60 s. */
  readonly silenceTimeoutMs: number;
  /** Servers never drop a connection this young, so a snapshot that ended by then was complete. */
  readonly neverDroppedMs: number;
  /** With `tail`: a snapshot that begins later than this may contain output that is newer than the call. */
  readonly promptSnapshotMs: number;
  /** Before 1.8: how long a snapshot waits for its last chunk. */
  readonly lastChunkMs: number;
  /** Bounds of the pause between two polls of the job: a tenth of the time since something happened. */
  readonly shortestPollMs: number;
  readonly longestPollMs: number;
  /** How long the server may be out of reach. */
  readonly unreachableAfterMs: number;
  /** How often an open connection is checked. */
  readonly superviseMs: number;
  readonly orchestratorQueue: QueueLimit;
}

export const LIMITS: LogLimits = {
  bufferedFrames: 16_384,
  bufferedUnits: 8 * 1024 * 1024,
  reconnectMs: 10_000,
  reconnectJitterMs: 5_000,
  firstRetryMs: 500,
  longestRetryMs: 60_000,
  maxFailures: 12,
  maxFailuresAfterEnd: 5,
  maxRefusals: 2,
  unopenedAfterMs: 15_000,
  nodeCheckMs: 5_000,
  nudgeMs: 10_000,
  secondHelperMs: 4_500,
  longestNudgeMs: 60_000,
  probeMs: 60_000,
  longestProbeMs: 300_000,
  openTimeoutMs: 10_000,
  endGraceMs: 2_000,
  silenceTimeoutMs: 75_000,
  neverDroppedMs: 5_000,
  promptSnapshotMs: 500,
  lastChunkMs: 1_000,
  shortestPollMs: 100,
  longestPollMs: 5_000,
  unreachableAfterMs: logPolicy.longestMs,
  superviseMs: 250,
  // A tenth less than the orchestrator has, for what other clients read and for what an estimate cannot see.
  orchestratorQueue: { messages: 0.9 * 512 * 1024, bytes: 0.9 * 64 * 1024 * 1024 },
};
