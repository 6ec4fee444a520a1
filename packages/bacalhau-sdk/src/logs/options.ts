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
   * Invalid UTF-8 arrives as U+FFFD, because the log stream is text; the published results have the bytes.
   */
  readonly text: string;
  /** The full id of the execution that printed it. */
  readonly executionId: string;
  /**
   * Set where more may have been printed: the node has no log of the execution and no published result can be read, so
   * this is the copy in its state, of 2,048 bytes at most and possibly less; or the server reports that it lost output; or
   * nothing was published and so many chunks came that some may be lost (from 470,000 chunks or 57 MiB on, orchestrators
   * drop what they have not forwarded); or the log of an execution that has ended could not be read to its end. Then the
   * entry may have an empty text: something may be missing after what came before.
   */
  readonly incomplete?: true;
  /** Why the entry is marked as `incomplete`. Set together with it. */
  readonly incompleteReason?: string;
}

/** A log stream that broke and will be continued where it broke. No output is lost or repeated by that. */
export interface LogReconnect {
  /** The full id of the execution whose stream broke. */
  readonly executionId: string;
  /** What happened. */
  readonly reason: string;
  /** How many chunks of this execution were read so far. */
  readonly framesRead: number;
  /** How long the SDK waits before it reconnects, in milliseconds; less if the execution ends meanwhile. */
  readonly delayMs: number;
}

/** Which of a job's output to read, and how. */
export interface FollowLogsOptions {
  /** Continues until the job has ended, new executions included. Default: false, which reads what there is now. */
  readonly follow?: boolean | undefined;
  /**
   * Leaves out what was printed before the call, as the server's parameter of that name does; it does not mean "the last
   * lines". Only useful with `follow`. On a node that is busy with other log streams, earlier output may be included: too
   * much rather than too little. Default: false.
   */
  readonly tail?: boolean | undefined;
  /** Only this execution: its id, or the beginning of it. Default: all executions of the job's latest version. */
  readonly executionId?: string | undefined;
  /** The executions of this version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
  /** The executions of all versions, from servers 1.8 on. Default: false. */
  readonly allJobVersions?: boolean | undefined;
  /**
   * Whole lines, each without its end (`\n` or `\r\n`), joined per execution and stream. The last one may lack an end. A
   * line of more than 1,048,576 UTF-16 units comes in pieces. Default: false.
   */
  readonly lines?: boolean | undefined;
  /** Ends the reading with `RequestAbortedError` when aborted. The job continues. */
  readonly signal?: AbortSignal | undefined;
  /** How the hosts of published results are reached: a WebAssembly job's output is read from there. */
  readonly results?: ResultAccess | undefined;
  /** Additional headers of every request, the WebSocket's too. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Called before every reconnect: when a stream broke, or did not open, and will be tried again. */
  readonly onReconnect?: ((event: LogReconnect) => void) | undefined;
}
