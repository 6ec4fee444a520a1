import { BacalhauError, type ErrorCause } from './base.js';

/** How much of a log was read when the stream failed. */
export interface LogStreamErrorDetails {
  /** The full id of the execution whose output was being read. */
  readonly executionId: string;
  /** How many chunks of its output were read. They were delivered. */
  readonly framesRead: number;
  /** How many consecutive connections delivered nothing new. */
  readonly attempts: number;
}

/**
 * The output of an execution could not be read to its end: the node has lost it, the log stream keeps breaking, or it sends
 * something else. What was read before was delivered. `cause` is the last failure, if it was an error.
 */
export class LogStreamError extends BacalhauError implements LogStreamErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'LogStreamError';
  declare readonly executionId: string;
  declare readonly framesRead: number;
  declare readonly attempts: number;

  constructor(message: string, details: LogStreamErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, details);
  }
}
