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
 * A stream that delivered this little in a minute has nothing queued: orchestrators forward thousands of messages a
 * second. Without it, a job that prints a line now and then would reach the limit after days.
 */
const QUIET = { ms: 60_000, messages: 12_000, bytes: 1_200_000 } as const;

/**
 * Estimates how much of the streams of one client its orchestrator may have queued: all that they delivered since each of
 * them was quiet. What is dropped comes after all that was queued, so a stream is known to be in danger before it
 * delivers what follows a gap, however slowly the client or the network takes it.
 */
export class OrchestratorQueue {
  readonly #streams = new Set<QueuedStream>();

  /** Adds a stream; `close` removes it. */
  open(limit: QueueLimit): QueuedStream {
    const stream: QueuedStream = new QueuedStream({
      onDelivery: (now) => {
        if (!this.#exceeds(limit)) return;
        for (const each of this.#streams) each.settle(now);
        if (!this.#exceeds(limit)) return;
        // They share the queue, and what is dropped may be of any of them.
        for (const each of this.#streams) each.mayHaveDropped = true;
      },
      onClose: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  #exceeds(limit: QueueLimit): boolean {
    let messages = 0;
    let bytes = 0;
    for (const stream of this.#streams) {
      messages += stream.messages;
      bytes += stream.bytes;
    }
    return messages > limit.messages || bytes > limit.bytes;
  }
}

interface QueuedStreamEvents {
  readonly onDelivery: (now: number) => void;
  readonly onClose: () => void;
}

/** The part of one stream. */
export class QueuedStream {
  /** What it delivered since it was quiet. */
  messages = 0;
  bytes = 0;
  /** Whether something may have been dropped: from then on frames cannot be counted. */
  mayHaveDropped = false;
  readonly #events: QueuedStreamEvents;
  #deliveredAt = 0;
  #minute: { readonly since: number; readonly messages: number; readonly bytes: number } | undefined;

  constructor(events: QueuedStreamEvents) {
    this.#events = events;
  }

  /** Records a frame of that many bytes. */
  add(frameBytes: number, now: number): void {
    this.#minute ??= { since: now, messages: 0, bytes: 0 };
    this.settle(now);
    this.#deliveredAt = now;
    this.messages += 1;
    this.bytes += frameBytes * BASE64_GROWTH + ENVELOPE_BYTES;
    if (!this.mayHaveDropped) this.#events.onDelivery(now);
  }

  /** Forgets what was delivered, if the stream was quiet for a minute. */
  settle(now: number): void {
    if (this.#minute === undefined || now - this.#minute.since < QUIET.ms) return;
    const { messages, bytes } = this.#minute;
    const isQuiet = this.messages - messages <= QUIET.messages && this.bytes - bytes <= QUIET.bytes;
    if (isQuiet || now - this.#deliveredAt >= QUIET.ms) {
      this.messages = 0;
      this.bytes = 0;
    }
    this.#minute = { since: now, messages: this.messages, bytes: this.bytes };
  }

  close(): void {
    this.#events.onClose();
  }
}

const queues = new WeakMap<object, OrchestratorQueue>();

/** Returns the estimate that all streams of a client share. */
export function orchestratorQueueOf(client: object): OrchestratorQueue {
  const queue = queues.get(client) ?? new OrchestratorQueue();
  queues.set(client, queue);
  return queue;
}
