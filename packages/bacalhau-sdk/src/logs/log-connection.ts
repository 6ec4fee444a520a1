import { platform } from '#platform';
import { type BacalhauError, UnexpectedResponseError } from '../errors/index.js';
import { logPolicy, type Transport } from '../http/index.js';
import type { SocketEnd } from '../platform/index.js';
import { type Frame, parseFrame } from './frame.js';
import { orchestratorQueueOf, type QueuedStream, type QueueLimit } from './orchestrator-queue.js';
import { prepareUpgrade, type Upgrade } from './upgrade.js';

/** How a connection ended. */
export type ConnectionEnd =
  /** Closed as after the last frame, which the server also does in the middle. */
  | { readonly kind: 'closed' }
  /** The server sent an error frame. */
  | { readonly kind: 'error'; readonly message: string }
  /** It never opened, or it broke. */
  | { readonly kind: 'broken'; readonly reason: string; readonly error: BacalhauError | undefined }
  /** An HTTP response came instead of a WebSocket: from a gateway that has none, or that is starting. */
  | { readonly kind: 'noWebSocket'; readonly error: UnexpectedResponseError }
  /** The server refused it for good. */
  | { readonly kind: 'refused'; readonly error: BacalhauError }
  /** The reader closed it. */
  | { readonly kind: 'closedByReader'; readonly reason: CloseReason };

/** Why the reader closed a connection. */
export type CloseReason =
  /** The buffer is full. */
  | 'bufferFull'
  /** The execution has ended and the follow has not. */
  | 'executionEnded'
  /** A helper has read all there is. */
  | 'readByHelper'
  /** A helper has read what this one should have delivered. */
  | 'stale'
  /** Nothing came for too long. */
  | 'silent'
  /** Nothing comes, and the server says that the node is disconnected. */
  | 'nodeGone'
  /** What the snapshot lacked was read. */
  | 'caughtUp'
  /** The server may have dropped frames, and the published result has what they say. */
  | 'framesDropped'
  | 'notNeeded';

export type OutputFrame = Extract<Frame, { kind: 'output' }>;

export interface LogConnectionOptions {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly executionId: string;
  readonly follow: boolean;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly openTimeoutMs: number;
  readonly queueLimit: QueueLimit;
  /** Returns how many frames were read already and need not be parsed again. Called for every frame. */
  readonly framesRead: () => number;
  /** Called with each frame and its index in the log, from 0. */
  readonly onOutput: (frame: OutputFrame, index: number) => void;
}

/** One connection: from the first frame of an execution's log to wherever it ends. */
export class LogConnection {
  readonly follow: boolean;
  readonly ended: Promise<ConnectionEnd>;
  /** How many frames came, those that were read already included. */
  frames = 0;
  readonly #startedAt = performance.now();
  #openedAt: number | undefined;
  /** When the first frame came, or the end. */
  #firstFrameAt: number | undefined;
  #lastFrameAt = this.#startedAt;
  #end: ConnectionEnd | undefined;
  readonly #queue: QueuedStream;
  readonly #controller = new AbortController();

  constructor(options: LogConnectionOptions) {
    this.follow = options.follow;
    this.#queue = orchestratorQueueOf(options.transport).open(options.queueLimit);
    const running = this.#run(options).finally(() => this.#queue.close());
    this.ended = running.then((end) => {
      this.#firstFrameAt ??= performance.now();
      this.#end ??= end;
      return this.#end;
    });
  }

  get isOpened(): boolean {
    return this.#openedAt !== undefined;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** The time since the last frame, or since the beginning. */
  get quietMs(): number {
    return performance.now() - this.#lastFrameAt;
  }

  /** How long the first frame took once the socket was open: short if no other request was queued before this one. */
  get firstFrameMs(): number {
    return (this.#firstFrameAt ?? performance.now()) - (this.#openedAt ?? this.#startedAt);
  }

  /** Whether the server may have dropped frames. */
  get isLossy(): boolean {
    return this.#queue.mayHaveDropped;
  }

  /**
   * Returns whether a snapshot that the server closed was complete. One that took long may have been dropped half-way; then
   * it was not, unless it came exactly as far as an earlier connection.
   */
  isComplete({ framesBefore, neverDroppedMs }: { readonly framesBefore: number; readonly neverDroppedMs: number }) {
    if (this.frames < framesBefore) return false;
    return this.ageMs < neverDroppedMs || (framesBefore > 0 && this.frames === framesBefore);
  }

  close(reason: CloseReason): void {
    this.#stop({ kind: 'closedByReader', reason });
  }

  #stop(end: ConnectionEnd): void {
    this.#end ??= end;
    this.#controller.abort();
  }

  async #run(options: LogConnectionOptions): Promise<ConnectionEnd> {
    let upgrade = await this.#prepare(options);
    let end = await this.#open(upgrade, options);
    if (end.kind === 'refused' && (await upgrade.renew(end.status))) {
      upgrade.failed(end); // for hooks and log lines
      upgrade = await this.#prepare(options);
      end = await this.#open(upgrade, options);
    }
    switch (end.kind) {
      case 'aborted':
        upgrade.aborted();
        return { kind: 'closedByReader', reason: 'notNeeded' };
      case 'closed':
        if (end.code === 1000) return { kind: 'closed' };
        return { kind: 'broken', reason: `the connection broke (${end.code} ${end.reason})`, error: undefined };
      case 'failed':
      case 'refused': {
        if (this.isOpened && end.kind === 'failed') return { kind: 'broken', reason: end.message, error: undefined };
        const error = upgrade.failed(end);
        if (error instanceof UnexpectedResponseError) return { kind: 'noWebSocket', error };
        if (logPolicy.mayReopen(error)) return { kind: 'broken', reason: error.message, error };
        return { kind: 'refused', error };
      }
    }
  }

  #prepare({ transport, jobId, namespace, executionId, follow, headers }: LogConnectionOptions): Promise<Upgrade> {
    // Never `tail`: only a log that is read from its first frame has frames that can be counted.
    const query = { execution_id: executionId, follow: String(follow), ...(namespace !== undefined && { namespace }) };
    const path = `/api/v1/orchestrator/jobs/${encodeURIComponent(jobId)}/logs`;
    return transport.withDeadline('job.logs', {}, (signal) =>
      prepareUpgrade(transport, 'job.logs', { path, query, headers }, signal),
    );
  }

  async #open(upgrade: Upgrade, options: LogConnectionOptions): Promise<SocketEnd> {
    const { openTimeoutMs } = options;
    // Not left to the runtime: browsers wait for minutes.
    const timer = setTimeout(() => {
      const message = `it did not open within ${openTimeoutMs} ms`;
      const error = upgrade.failed({ kind: 'failed', code: 'ETIMEDOUT', message });
      this.#stop({ kind: 'broken', reason: error.message, error });
    }, openTimeoutMs);
    try {
      return await platform.openWebSocket(upgrade.url, {
        headers: upgrade.headers,
        agent: upgrade.agent,
        signal: this.#controller.signal,
        onOpen: () => {
          clearTimeout(timer);
          this.#openedAt = performance.now();
          upgrade.opened();
        },
        onText: (message, bytes) => this.#receive(message, bytes, options),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(message: string, bytes: number, { framesRead, onOutput }: LogConnectionOptions): void {
    if (this.hasEnded) return;
    this.#lastFrameAt = performance.now();
    this.#firstFrameAt ??= this.#lastFrameAt;
    this.#queue.add(bytes, this.#lastFrameAt);
    // Of what was read before, only that it is output matters: a replay of a long log is mostly that.
    if (this.frames < framesRead() && message.startsWith('{"value":{"Type":')) {
      this.frames += 1;
      return;
    }
    const frame = parseFrame(message);
    if (frame.kind === 'output') {
      onOutput(frame, this.frames);
      this.frames += 1;
    } else if (frame.kind === 'error') {
      this.#stop({ kind: 'error', message: frame.message });
    } else {
      this.#stop({ kind: 'broken', reason: `the server sent ${frame.problem}`, error: undefined });
    }
  }
}
