/**
 * How much an orchestrator queues of the log streams that it forwards. It drops what comes beyond, including the close
 * at the end, without reporting it. These are the limits of the one subscription through which all streams come
 * (nats.go's defaults; seen on 1.9.3 with a log of a million lines).
 */
export interface QueueLimit {
  readonly messages: number;
  readonly bytes: number;
}

/** A message is base64 of a frame, in JSON. */
const BASE64_GROWTH = 4 / 3;
const ENVELOPE_BYTES = 40;
/**
 * Orchestrators forward tens of thousands of messages a second, so what comes slower than this does not pile up. Without
 * it, a job that prints a line now and then would reach the limit after days.
 */
const FORWARDED_MESSAGES_PER_SECOND = 500;
const FORWARDED_BYTES_PER_SECOND = 50_000;

/** Estimates from the rate of a stream how much of it the orchestrator may be queueing. */
export class OrchestratorQueue {
  readonly #limit: QueueLimit;
  #messages = 0;
  #bytes = 0;
  #updatedAt = performance.now();
  /** Whether something may have been dropped: from then on frames cannot be counted. */
  mayHaveDropped = false;

  constructor(limit: QueueLimit) {
    this.#limit = limit;
  }

  /** Records a frame of that many characters. */
  add(length: number, now: number): void {
    const seconds = (now - this.#updatedAt) / 1_000;
    this.#updatedAt = now;
    this.#messages = Math.max(0, this.#messages - seconds * FORWARDED_MESSAGES_PER_SECOND) + 1;
    this.#bytes =
      Math.max(0, this.#bytes - seconds * FORWARDED_BYTES_PER_SECOND) + length * BASE64_GROWTH + ENVELOPE_BYTES;
    this.mayHaveDropped ||= this.#messages > this.#limit.messages || this.#bytes > this.#limit.bytes;
  }
}
