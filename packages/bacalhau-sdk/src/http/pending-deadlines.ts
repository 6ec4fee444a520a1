import { ConfigurationError } from '../errors/index.js';
import { checkTimeout } from './call-defaults.js';
import { Deadline } from './deadline.js';

/** The deadlines of all work that a client has begun, which closing the client aborts. */
export class PendingDeadlines {
  readonly #pending = new Set<Deadline>();
  readonly #closing = new AbortController();

  /** Aborted when the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Starts a deadline, without a time limit unless one is given. Call its `release` in the end.
   *
   * @throws {ConfigurationError} if the client is closed.
   * @throws {InvalidArgumentError} if the time limit or the signal is malformed.
   */
  start(operation: string, timeoutMs: number | undefined, signal: AbortSignal | undefined): Deadline {
    if (this.#closing.signal.aborted) {
      throw new ConfigurationError(`${operation}: the client is closed. Create a new one.`);
    }
    const deadline = new Deadline(checkTimeout(timeoutMs) ?? Number.POSITIVE_INFINITY, signal, () =>
      this.#pending.delete(deadline),
    );
    this.#pending.add(deadline);
    return deadline;
  }

  /** Aborts all pending deadlines, and refuses new ones. */
  close(): void {
    this.#closing.abort();
    for (const deadline of this.#pending) deadline.abort('closed');
  }
}
