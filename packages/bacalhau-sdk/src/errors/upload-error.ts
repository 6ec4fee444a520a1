import { BacalhauError, type ErrorCause } from './base.js';

/**
 * The reason why data could not be brought to where the nodes read it:
 *
 * - `not-configured`: there are no credentials for the store
 * - `unsupported`: the address, the bucket or a key cannot be used
 * - `unreachable`: the store does not respond, or the connection kept breaking
 * - `refused`: the store rejected this client's credentials, or does not allow it to write
 * - `http`: any other response that is not a success
 * - `not-served`: the file cannot be served from this machine, for example because the port is in use
 */
export type UploadErrorReason = 'not-configured' | 'unsupported' | 'unreachable' | 'refused' | 'http' | 'not-served';

/** What is known of a failed upload. */
export interface UploadErrorDetails {
  /** The reason, for programs. */
  readonly reason: UploadErrorReason;
  /** The URL that was requested, without its query, which may hold a signature. */
  readonly url?: string | undefined;
  /** The HTTP status of the response. */
  readonly status?: number | undefined;
  /** The system's code, for example `ECONNREFUSED`. */
  readonly code?: string | undefined;
}

/**
 * The data of a job could not be brought to where the nodes read it, so the job was not submitted. A store that refuses the
 * nodes is not seen here: that job fails, and its `JobFailedError` says so.
 *
 * What had arrived stays in the store: the next submission continues there.
 *
 * @example
 * ```ts
 * if (error instanceof UploadError && error.reason === 'refused') console.error('Ask for access to the bucket:', error.url);
 * ```
 */
export class UploadError extends BacalhauError implements UploadErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'UploadError';
  /** The reason, for programs. */
  declare readonly reason: UploadErrorReason;
  declare readonly url: string | undefined;
  declare readonly status: number | undefined;
  declare readonly code: string | undefined;

  constructor(message: string, details: UploadErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, details);
  }
}
