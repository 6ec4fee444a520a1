import { BacalhauError, type ErrorCause } from './base.js';

/**
 * The reason why results could not be fetched:
 *
 * - `no-results`: the job has published nothing, has not published yet, or never does
 * - `not-configured`: fetching from this store needs an address or credentials (S3, IPFS)
 * - `unsupported`: the SDK cannot fetch this type of result, or this scheme
 * - `unreachable`: the result host does not respond, or the connection kept breaking
 * - `refused`: the result host rejected the credentials, or the URL has expired and a new one did not help
 * - `gone`: the result host no longer has the result
 * - `http`: any other response that is not a result
 * - `damaged`: the content is not an archive, ends early, or does not match its checksum
 * - `changed`: the result was replaced between two attempts
 * - `unsafe-entry`: an entry would be written outside the directory, or is a link or a device
 * - `too-large`: it has more bytes or files than `limits` allows
 * - `no-match`: the results have no such file, or none that a pattern of `include` matches
 * - `exists`: a file of that name already exists
 * - `disk`: the directory cannot be written, or the disk is full
 */
export type DownloadErrorReason =
  | 'no-results'
  | 'not-configured'
  | 'unsupported'
  | 'unreachable'
  | 'refused'
  | 'gone'
  | 'http'
  | 'damaged'
  | 'changed'
  | 'unsafe-entry'
  | 'too-large'
  | 'no-match'
  | 'exists'
  | 'disk';

/** What is known of a failed download. */
export interface DownloadErrorDetails {
  /** The reason, for programs. */
  readonly reason: DownloadErrorReason;
  /** The entry of the archive, or the file, that failed. */
  readonly entry?: string | undefined;
  /** The URL that was requested, without its query, which may hold a signature. */
  readonly url?: string | undefined;
  /** The HTTP status of the response. */
  readonly status?: number | undefined;
  /** The system's code, for example `ECONNREFUSED` or `ENOSPC`. */
  readonly code?: string | undefined;
}

/**
 * The results of a job could not be listed, fetched, read or written. The message says what to do; `reason` is for
 * programs. No partial files are left behind.
 *
 * @example
 * ```ts
 * if (error instanceof DownloadError && error.reason === 'exists') await download({ overwrite: true });
 * ```
 */
export class DownloadError extends BacalhauError implements DownloadErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'DownloadError';
  /** The reason, for programs. */
  declare readonly reason: DownloadErrorReason;
  declare readonly entry: string | undefined;
  declare readonly url: string | undefined;
  declare readonly status: number | undefined;
  declare readonly code: string | undefined;

  constructor(message: string, details: DownloadErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, details);
  }
}
