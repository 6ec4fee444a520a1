/**
 * What an orchestrator holds at most of the log streams that it passes on; what comes beyond it drops, and the close at
 * the end with it, without a word. These are the limits of the one subscription through which all streams come (nats.go's
 * defaults; seen on 1.9.3 with a log of a million lines).
 */
export interface HeldMessages {
  readonly messages: number;
  readonly bytes: number;
}

/** A message is base64 of a frame, in JSON. */
const GROWTH = 4 / 3;
const AROUND_BYTES = 40;
/**
 * What comes slower than this, in a second, does not pile up: an orchestrator passes on tens of thousands of messages, so
 * it holds none then. Without it a job that prints a line now and then would come to the limit after days.
 */
const PASSED_MESSAGES = 500;
const PASSED_BYTES = 50_000;

/** How much of a stream the orchestrator may be holding at most, told by how fast it comes. */
export class Backlog {
  readonly #limit: HeldMessages;
  #messages = 0;
  #bytes = 0;
  #at = performance.now();
  /** Whether something may have been dropped: from then on frames cannot be counted. */
  isOverrun = false;

  constructor(limit: HeldMessages) {
    this.#limit = limit;
  }

  /** One frame came, of that many characters. */
  add(length: number, now: number): void {
    const seconds = (now - this.#at) / 1_000;
    this.#at = now;
    this.#messages = Math.max(0, this.#messages - seconds * PASSED_MESSAGES) + 1;
    this.#bytes = Math.max(0, this.#bytes - seconds * PASSED_BYTES) + length * GROWTH + AROUND_BYTES;
    this.isOverrun ||= this.#messages > this.#limit.messages || this.#bytes > this.#limit.bytes;
  }
}
