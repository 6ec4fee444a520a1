import type { SpecConfig } from 'bacalhau-apiclient';

/** What is known of every result, whatever published it. */
export interface ResultBase {
  /** The execution that made it. Absent where the server's answers do not tell, which they do not do directly. */
  readonly executionId?: string | undefined;
}

/** The `local` publisher: an archive that the compute node itself serves. */
export interface UrlResult extends ResultBase {
  /** Tells the kinds of results apart. */
  readonly type: 'url';
  /** Without access control. Its host is what the compute node is configured with: often `127.0.0.1`. */
  readonly url: string;
}

/** A place in S3 or in a store that speaks its protocol. */
export interface S3Location {
  /** The name of the bucket. */
  readonly bucket: string;
  /** An object; or, with `/` or `*` at the end, all objects whose keys begin so. */
  readonly key: string;
  /** For example `eu-central-1`; absent where the publisher named none. */
  readonly region?: string | undefined;
  /** Absent for Amazon's own. */
  readonly endpoint?: string | undefined;
  /** Of an object in a bucket that keeps versions. */
  readonly versionId?: string | undefined;
  /** SHA-256 of the object in base64. */
  readonly checksumSha256?: string | undefined;
}

/** The `s3` and `s3managed` publishers, where the orchestrator signs URLs: an archive that anybody with the URL can read. */
export interface S3PreSignedResult extends ResultBase {
  /** Tells the kinds of results apart. */
  readonly type: 's3PreSigned';
  /** Ends working 15 minutes (`s3`) or an hour (`s3managed`) after it was asked for, unless configured otherwise. */
  readonly url: string;
  /** Whether it is the `s3managed` publisher's. */
  readonly managed: boolean;
  /** What the URL stands for; absent for the `s3managed` publisher. */
  readonly source?: S3Location | undefined;
}

/** The `s3` publisher, where the orchestrator signs nothing: it takes credentials to read it. */
export interface S3Result extends ResultBase, S3Location {
  /** Tells the kinds of results apart. */
  readonly type: 's3';
}

/** The `ipfs` publisher. */
export interface IpfsResult extends ResultBase {
  /** Tells the kinds of results apart. */
  readonly type: 'ipfs';
  /** The content id of a folder with the result. */
  readonly cid: string;
}

/** A kind of result that this version of the SDK does not know. It cannot be downloaded. */
export interface UnknownResult extends ResultBase {
  /** Tells the kinds of results apart. */
  readonly type: 'unknown';
  /** As the server sent it. */
  readonly spec: SpecConfig;
}

/** Where the result of one execution is. Tell the kinds apart by `type`; a newer SDK may know more of them. */
export type TypedResult = UrlResult | S3PreSignedResult | S3Result | IpfsResult | UnknownResult;

/** Credentials for S3. */
export interface S3Credentials {
  /** What AWS calls `AWS_ACCESS_KEY_ID`. */
  readonly accessKeyId: string;
  /** What AWS calls `AWS_SECRET_ACCESS_KEY`. Requests are signed with it; it is never sent. */
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** How to read results of type `s3`. Presigned URLs need none of it. */
export interface S3Options {
  /**
   * Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the client's environment.
   * `anonymous` for a bucket that everybody may read.
   */
  readonly credentials?: S3Credentials | 'anonymous' | undefined;
  /** Replaces the endpoint that the result names, for example `https://s3.example.org`. */
  readonly endpoint?: string | undefined;
  /** Default: what the result names, else `AWS_REGION`, `AWS_DEFAULT_REGION`, else `us-east-1`. */
  readonly region?: string | undefined;
}

/** Where to read results of type `ipfs`. One of the two is needed: nothing is guessed. */
export interface IpfsOptions {
  /** A gateway's address, for example `http://127.0.0.1:8080`. It must serve TAR (`?format=tar`), as Kubo's does. */
  readonly gateway?: string | undefined;
  /** A node's RPC address, for example `http://127.0.0.1:5001`. Wins over `gateway`. */
  readonly api?: string | undefined;
  /** Sent to that address only, for example `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What a download may take at most, so that an archive that unpacks to terabytes does not fill the disk. */
export interface ResultLimits {
  /** Bytes of all files together, unpacked. Default: 10 GiB (10,737,418,240). */
  readonly totalBytes?: number | undefined;
  /** Files and directories together. Default: 100,000. */
  readonly entries?: number | undefined;
}

/** How to find the results of a job. */
export interface ListResultsOptions {
  /** Gives up when aborted, with `RequestAbortedError`. */
  readonly signal?: AbortSignal | undefined;
  /** Only the result of this execution; its full id. Default: of all. */
  readonly executionId?: string | undefined;
}

/** How the places of results are reached. */
export interface ResultAccess {
  /** For results of type `s3`: credentials, endpoint, region. */
  readonly s3?: S3Options | undefined;
  /** For results of type `ipfs`: which node to ask. */
  readonly ipfs?: IpfsOptions | undefined;
  /**
   * Other addresses for hosts that results name but this machine reaches elsewhere: `host` or `host:port` as in the
   * result, and what to connect to; a path in it comes before the result's. Signed requests still say the host that they
   * were signed for, which browsers do not allow.
   *
   * @example { '127.0.0.1:6001': 'node-1.example.org:6001', 'node-2:6001': 'https://app.example.org/results' }
   */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
}

/** How results are fetched. */
export interface TransferOptions extends ListResultsOptions, ResultAccess {
  /** Deadline of all of it, in milliseconds. Default: none. */
  readonly timeoutMs?: number | undefined;
  /** How long the place of a result may send nothing before it is asked again, in milliseconds. Default: 60,000. */
  readonly stallTimeoutMs?: number | undefined;
  /**
   * How often a place is asked again after a broken or stalled connection, a 429 or a 5xx, before it is given up.
   * Counting starts anew with every mebibyte that arrives. Default: 4.
   */
  readonly maxRetries?: number | undefined;
  /** What it may take at most. */
  readonly limits?: ResultLimits | undefined;
}

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes that came over the network so far; a restarted transfer does not count twice. */
  readonly loadedBytes: number;
  /** How many will come; unknown until the last result has begun, and where a place does not say. */
  readonly totalBytes?: number | undefined;
  /** Files and bytes that were written so far, unpacked. */
  readonly files: number;
  /** Bytes that were written so far, unpacked. */
  readonly writtenBytes: number;
  /** Which result is being fetched, from 1, and of how many. */
  readonly result: number;
  /** How many results there are. */
  readonly results: number;
  /** The file that is being written, relative to the directory. */
  readonly path?: string | undefined;
}

/** How results are put on disk. */
export interface DownloadOptions extends TransferOptions {
  /**
   * Told how far it is: at most ten times a second, and in the end. What it throws ends the download.
   */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** `false` keeps archives as they are, as `<executionId>.tar.gz` (`.tar` from IPFS). Default: true. */
  readonly extract?: boolean | undefined;
  /** Replaces files that exist. Default: false, and then one that exists is an error. */
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
  /** The execution whose result it belongs to. */
  readonly executionId?: string | undefined;
}

/** A result that was written. */
export interface DownloadedResult {
  /** How it was published. */
  readonly type: TypedResult['type'];
  /** The execution that made it. */
  readonly executionId?: string | undefined;
  /** Its folder, relative to the directory; empty for the directory itself. */
  readonly folder: string;
  /** What the execution ended with, where the result says so. */
  readonly exitCode?: number | undefined;
}

/** What a download has brought. */
export interface DownloadSummary {
  /** The directory, absolute. */
  readonly directory: string;
  /** One entry for each execution. */
  readonly results: readonly DownloadedResult[];
  /** All files, in the order in which they came. */
  readonly files: readonly DownloadedFile[];
  /** Bytes on disk. */
  readonly writtenBytes: number;
  /** Bytes over the network. */
  readonly loadedBytes: number;
}

/** A file of a result, on its way: read it before you go on to the next one, or it is skipped. */
export interface ResultFile {
  /** As in the result, with `/`: `stdout`, `stderr`, `exitCode`, and what the job wrote, such as `outputs/a.txt`. */
  readonly path: string;
  /** The execution that made it. */
  readonly executionId?: string | undefined;
  /** In bytes. */
  readonly size: number;
  /** The permission bits, for example `0o644`, where the result has them. */
  readonly mode?: number | undefined;
  /**
   * The content, once.
   * @throws {DownloadError} while it is read: see `DownloadErrorReason`.
   */
  stream(): ReadableStream<Uint8Array>;
  /** The whole content in memory. */
  bytes(): Promise<Uint8Array>;
  /** The whole content, decoded as UTF-8. */
  text(): Promise<string>;
}
