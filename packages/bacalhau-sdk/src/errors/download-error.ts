import { BacalhauError, type ErrorCause } from './base.js';

/**
 * Why results could not be fetched:
 *
 * - `no-results`: the job has published nothing, or not yet, or its kind never does
 * - `not-configured`: the result lies where the SDK needs an address or credentials first (S3, IPFS)
 * - `unsupported`: a kind of result, or a scheme, that the SDK cannot fetch
 * - `unreachable`: the host of the result does not answer; or the connection kept breaking
 * - `refused`: the place of the result wants other credentials, or its URL has expired and a new one did not help
 * - `gone`: the place of the result does not have it any more
 * - `http`: any other answer that is no result
 * - `damaged`: what arrived is no archive, ends early, or does not match its checksum
 * - `changed`: the result was replaced between two attempts
 * - `unsafe-entry`: an entry would have been written outside of the directory, or is a link or a device
 * - `too-large`: more bytes or files than `limits` allows
 * - `exists`: a file of that name is there already
 * - `disk`: the directory cannot be written, or is full
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
  | 'exists'
  | 'disk';

/** What is known of a failed download. */
export interface DownloadErrorDetails {
  /** Why, for programs. */
  readonly reason: DownloadErrorReason;
  /** The entry of the archive, or the file, that it is about. */
  readonly entry?: string | undefined;
  /** The place that was asked; without its query, because that is where signatures are. */
  readonly url?: string | undefined;
  /** The HTTP status that the place answered with. */
  readonly status?: number | undefined;
  /** The system's code, for example `ECONNREFUSED` or `ENOSPC`. */
  readonly code?: string | undefined;
}

/**
 * The results of a job could not be listed, fetched, read or written. The message says what to do; `reason` is for
 * programs. Nothing half-written is left behind.
 *
 * @example
 * ```ts
 * if (error instanceof DownloadError && error.reason === 'exists') await download({ overwrite: true });
 * ```
 */
export class DownloadError extends BacalhauError implements DownloadErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'DownloadError';
  /** Why, for programs. */
  declare readonly reason: DownloadErrorReason;
  declare readonly entry: string | undefined;
  declare readonly url: string | undefined;
  declare readonly status: number | undefined;
  declare readonly code: string | undefined;

  constructor(message: string, facts: DownloadErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, facts);
  }
}
