import type { HeldMessages } from './orchestrator-queue.js';

/** What reading logs waits for and how much it holds. Times in milliseconds; tests make them short. */
export interface LogLimits {
  /** Chunks held for a slow reader, over all executions. */
  readonly bufferedFrames: number;
  /** The same in UTF-16 units of text. */
  readonly bufferedUnits: number;
  /**
   * From the end of a connection to the next one of a running execution. A node serves one stream at a time and keeps
   * the place of those that went away; at every tenth second it drops those that are older than a request of the last
   * five. Coming back sooner only makes its queue longer.
   */
  readonly reconnect: number;
  /** Added at random, so that two readers do not keep dropping each other. */
  readonly reconnectJitter: number;
  /** After failures in a row: the first pause, which doubles, and the longest. */
  readonly firstRetry: number;
  readonly longestRetry: number;
  /** Failures in a row, none of which brought anything new, before the stream is given up. */
  readonly maxFailures: number;
  /**
   * When a stream that has delivered nothing asks a second time, in case it stands behind one that nobody reads any
   * more. One more request follows after `nudgeAgain`: of two that are less than five seconds apart, one is in time.
   */
  readonly nudge: number;
  readonly nudgeAgain: number;
  readonly longestNudge: number;
  /** When a stream that fell silent is checked in the same way, at first and at most. */
  readonly probe: number;
  readonly longestProbe: number;
  /** How long a connection may take to open: the server does that before it asks a node for anything. */
  readonly opening: number;
  /** How long a follow may stay quiet after its execution has ended. Some servers forget to end it. */
  readonly endGrace: number;
  /** How long the log of an execution may take to begin. The server itself looks for one for 60 s. */
  readonly silent: number;
  /** A connection this young is never dropped by the server, so one that ended by then has said all. */
  readonly undroppable: number;
  /** A snapshot that begins later than this, counted for `tail`, may hold output that is newer than the call. */
  readonly promptSnapshot: number;
  /** Between two looks at the job: a tenth of the time since something happened, within these bounds. */
  readonly shortestLook: number;
  readonly longestLook: number;
  /** How long the server may be out of reach. */
  readonly unreachable: number;
  /** How often the state of an open stream is considered. */
  readonly supervise: number;
  readonly held: HeldMessages;
}

export const LIMITS: LogLimits = {
  bufferedFrames: 16_384,
  bufferedUnits: 8 * 1024 * 1024,
  reconnect: 10_000,
  reconnectJitter: 5_000,
  firstRetry: 500,
  longestRetry: 60_000,
  maxFailures: 12,
  nudge: 10_000,
  nudgeAgain: 4_500,
  longestNudge: 60_000,
  probe: 60_000,
  longestProbe: 300_000,
  opening: 10_000,
  endGrace: 2_000,
  silent: 75_000,
  undroppable: 5_000,
  promptSnapshot: 500,
  shortestLook: 100,
  longestLook: 5_000,
  unreachable: 300_000,
  supervise: 250,
  held: { messages: 512 * 1024, bytes: 64 * 1024 * 1024 },
};
