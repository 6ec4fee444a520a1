import type { S3Credentials } from '../external/index.js';
import type { TypedResult } from '../model/index.js';

/** How to read results of type `s3`. Presigned URLs need none of it. */
export interface S3Options {
  /**
   * Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the client's environment.
   * `anonymous` for a public bucket.
   */
  readonly credentials?: S3Credentials | 'anonymous' | undefined;
  /** Replaces the endpoint that the result names, for example `https://s3.example.org`. */
  readonly endpoint?: string | undefined;
  /** Default: what the result names, else `AWS_REGION`, `AWS_DEFAULT_REGION`, else `us-east-1`. */
  readonly region?: string | undefined;
}

/** Where to read results of type `ipfs`: set `gateway` or `api`. */
export interface IpfsOptions {
  /** The URL of a gateway, for example `http://127.0.0.1:8080`. It must serve TAR (`?format=tar`), as Kubo's does. */
  readonly gateway?: string | undefined;
  /** The URL of a node's RPC endpoint, for example `http://127.0.0.1:5001`. Takes precedence over `gateway`. */
  readonly api?: string | undefined;
  /** Headers that are sent to that URL only, for example `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What an archive may have that is neither a file nor a directory. It is never written. */
export type UnsafeEntryKind = 'symbolic-link' | 'hard-link' | 'fifo' | 'character-device' | 'block-device';

/** An entry of a result that was left out. */
export interface SkippedEntry {
  /** Its path in the result, with `/`. */
  readonly path: string;
  /** What it is. */
  readonly kind: UnsafeEntryKind;
  /** The execution that published it. */
  readonly executionId?: string | undefined;
}

/** The largest download to accept, so that an archive that unpacks to terabytes does not fill the disk. */
export interface ResultLimits {
  /** Bytes of all files together, unpacked. Default: 10 GiB (10,737,418,240). */
  readonly totalBytes?: number | undefined;
  /** Files, directories and whatever else has a header in an archive, together. Default: 100,000. */
  readonly entries?: number | undefined;
  /** Bytes of one page in which an S3 endpoint lists objects. Default: 16 MiB (16,777,216). */
  readonly listingBytes?: number | undefined;
}

/** Which results of a job to list. */
export interface ListResultsOptions {
  /** Ends the call with `RequestAbortedError` when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Only the result of this execution; its full id. Default: the results of all. */
  readonly executionId?: string | undefined;
}

/** How the hosts of results are reached. */
export interface ResultAccess {
  /** Credentials, endpoint and region for results of type `s3`. */
  readonly s3?: S3Options | undefined;
  /** Which gateway or node serves results of type `ipfs`. */
  readonly ipfs?: IpfsOptions | undefined;
  /**
   * Replaces hosts that results name but that have another address here: maps `host` or `host:port` as in the result to
   * the address to connect to, whose path is put before the result's. Signed requests keep the `Host` header that they
   * were signed for, which browsers do not allow.
   *
   * @example { '127.0.0.1:6001': 'node-1.example.org:6001', 'node-2:6001': 'https://app.example.org/results' }
   */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
}

/** How one file of a result is fetched. */
export interface ResultFileOptions extends ListResultsOptions, ResultAccess {
  /** Deadline of the whole transfer, in milliseconds. Default: none. */
  readonly timeoutMs?: number | undefined;
  /** How long the host of a result may send nothing before the request is retried, in milliseconds. Default: 60,000. */
  readonly stallTimeoutMs?: number | undefined;
  /**
   * How often a request is retried after a broken or stalled connection, a 429 or a 5xx. Counting restarts with every
   * mebibyte that arrives. Default: 4.
   */
  readonly maxRetries?: number | undefined;
  /** The largest transfer to accept. */
  readonly limits?: ResultLimits | undefined;
}

/** How results are fetched. */
export interface TransferOptions extends ResultFileOptions {
  /**
   * Which files to fetch, as patterns of a `.gitignore` file: `*.csv` anywhere, `/stdout` at the top, `outputs/` a folder.
   * Paths are those of `ResultFile.path`. A pattern that matches no file is an error with reason `no-match`. Archives arrive
   * as a whole nevertheless. Default: all.
   */
  readonly include?: readonly string[] | undefined;
  /**
   * What to do about links, FIFOs and devices in a result. `skip` leaves them out; `refuse` makes them an error with
   * reason `unsafe-entry`. A path that leaves the directory is always an error. Default: `skip`.
   */
  readonly onUnsafeEntry?: 'skip' | 'refuse' | undefined;
  /** Called for each entry that is left out. An error that it throws ends the transfer. */
  readonly onSkipped?: ((entry: SkippedEntry) => void) | undefined;
}

/** The progress of a download. */
export interface DownloadProgress {
  /** Bytes received so far; what is received again after a retry does not count. */
  readonly loadedBytes: number;
  /** Bytes to receive; unknown until the last result has begun, and if a host does not report it. */
  readonly totalBytes?: number | undefined;
  /** Files written so far. */
  readonly files: number;
  /** Bytes written so far, unpacked. */
  readonly writtenBytes: number;
  /** The number of the result that is being fetched, from 1. */
  readonly result: number;
  /** How many results there are. */
  readonly results: number;
  /** The path of the file that is being written, relative to the directory. */
  readonly path?: string | undefined;
}

/** How results are written to disk. */
export interface DownloadOptions extends TransferOptions {
  /**
   * Called with the progress at most ten times a second, and at the end. An error that it throws ends the download.
   */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** `false` keeps archives as they are, without `include`, as `<executionId>.tar.gz` (`.tar` from IPFS). Default: true. */
  readonly extract?: boolean | undefined;
  /** Replaces files that exist. Default: false, which makes one that exists an error. */
  readonly overwrite?: boolean | undefined;
  /**
   * `auto`: one result goes straight into the directory, several each into a folder named by the execution's id.
   * `byExecution`: a folder each, even for a single one. Default: `auto`.
   */
  readonly layout?: 'auto' | 'byExecution' | undefined;
}

/** A file that was written. */
export interface DownloadedFile {
  /** Relative to the directory, with `/`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The execution that published it. */
  readonly executionId?: string | undefined;
}

/** A result that was written. */
export interface DownloadedResult {
  /** The type of the result. */
  readonly type: TypedResult['type'];
  /** The execution that published it. */
  readonly executionId?: string | undefined;
  /** Its folder, relative to the directory; empty for the directory itself. */
  readonly folder: string;
  /** The exit code of the execution, if its file was downloaded; 0 where its file says -1: the program set none. */
  readonly exitCode?: number | undefined;
}

/** What was downloaded. */
export interface DownloadSummary {
  /** The directory, absolute. */
  readonly directory: string;
  /** One entry per execution. */
  readonly results: readonly DownloadedResult[];
  /** All files, in the order in which they were written. */
  readonly files: readonly DownloadedFile[];
  /** The links, FIFOs and devices that were left out. */
  readonly skipped: readonly SkippedEntry[];
  /** Bytes written. */
  readonly writtenBytes: number;
  /** Bytes received. */
  readonly loadedBytes: number;
}

/** A file of a result that is being received. One of `files()` must be read before the loop continues, or it is skipped. */
export interface ResultFile {
  /** Its path in the result, with `/`: `stdout`, `stderr`, `exitCode`, and what the job wrote, such as `outputs/a.txt`. */
  readonly path: string;
  /** The execution that published it. */
  readonly executionId?: string | undefined;
  /** In bytes. */
  readonly size: number;
  /** The permission bits, for example `0o644`, if the result has them. */
  readonly mode?: number | undefined;
  /**
   * Returns the content, which can be read once.
   *
   * @throws {DownloadError} while it is read: see `DownloadErrorReason`.
   */
  stream(): ReadableStream<Uint8Array>;
  /** Reads the content into memory. */
  bytes(): Promise<Uint8Array>;
  /** Reads the content as UTF-8 text. */
  text(): Promise<string>;
}
