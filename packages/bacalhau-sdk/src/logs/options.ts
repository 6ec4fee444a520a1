import type { ResultAccess } from '../results/index.js';

/** A job by id or name, and its namespace. */
export interface LogTarget {
  readonly jobId: string;
  readonly namespace: string | undefined;
}

/** One piece of a job's output. */
export interface LogEntry {
  /** Where the program printed it. */
  readonly stream: 'stdout' | 'stderr';
  /**
   * What was printed: a chunk as the node recorded it, line ends included; with `lines`, one line without its end.
   * Bytes that are no UTF-8 arrive as U+FFFD, because the log stream is text: the results have the bytes.
   */
  readonly text: string;
  /** The full id of the execution that printed it. */
  readonly executionId: string;
  /**
   * Set where more may have been printed: the node has no log of the execution and nothing published can be read, so
   * this is the copy in its state, of 2,048 bytes at most and possibly less; or the server says that it lost output; or
   * nothing was published and so many chunks came that it may have lost some (from 524,288 chunks or 64 MiB on: more of
   * the streams that it passes on it does not hold).
   */
  readonly incomplete?: true;
}

/** Tells that a log stream broke and is taken up where it was. Nothing is lost or doubled by that. */
export interface LogReconnect {
  /** The full id of the execution whose stream broke. */
  readonly executionId: string;
  /** What happened. */
  readonly reason: string;
  /** The chunks of this execution that were read so far. */
  readonly framesRead: number;
  /** How long the SDK waits before it connects again, in milliseconds; less if the execution ends meanwhile. */
  readonly delayMs: number;
}

/** What to read of a job's output, and how. */
export interface FollowLogsOptions {
  /** Goes on until the job has ended, new executions included. Default: false, what there is now. */
  readonly follow?: boolean | undefined;
  /**
   * Leaves out what was printed before the call, as the server's parameter of that name does; it does not mean "the last
   * lines". Of use with `follow` only. On a node that is busy with other log streams, earlier output may come along:
   * too much rather than too little. Default: false.
   */
  readonly tail?: boolean | undefined;
  /** Only this execution: its id, or the beginning of it. Default: all executions of the job's latest version. */
  readonly executionId?: string | undefined;
  /** The executions of this version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
  /** The executions of all versions, from servers 1.8 on. Default: false. */
  readonly allJobVersions?: boolean | undefined;
  /**
   * Whole lines, each without its end (`\n` or `\r\n`), put together per execution and stream. The last one may lack an
   * end. A line of more than 1,048,576 UTF-16 units comes in pieces. Default: false.
   */
  readonly lines?: boolean | undefined;
  /** Ends the reading, with `RequestAbortedError`. The job goes on. */
  readonly signal?: AbortSignal | undefined;
  /** How the places of published results are reached: a WebAssembly job's output is read from there. */
  readonly results?: ResultAccess | undefined;
  /** Further headers of every request, the WebSocket's too. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Is told when a stream broke and will be taken up again. */
  readonly onReconnect?: ((event: LogReconnect) => void) | undefined;
}
