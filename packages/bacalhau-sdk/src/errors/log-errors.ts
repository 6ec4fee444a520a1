import { BacalhauError, type ErrorCause } from './base.js';

/** How far a log stream had come when it was given up. */
export interface LogStreamErrorDetails {
  /** The full id of the execution whose output was being read. */
  readonly executionId: string;
  /** How many chunks of its output were read; those are not lost. */
  readonly framesRead: number;
  /** How many connections in a row brought nothing new. */
  readonly attempts: number;
}

/**
 * The output of an execution could not be read to its end: the node has lost it, the log stream keeps breaking, or it
 * sends what is no log. What was read before was handed out. `cause` is the last failure, where there is an error.
 */
export class LogStreamError extends BacalhauError implements LogStreamErrorDetails {
  /** @internal */
  protected static override readonly kind: string = 'LogStreamError';
  declare readonly executionId: string;
  declare readonly framesRead: number;
  declare readonly attempts: number;

  constructor(message: string, facts: LogStreamErrorDetails, options: ErrorCause = {}) {
    super(message, options);
    Object.assign(this, facts);
  }
}
