import { platform } from '#platform';
import type { BacalhauError } from '../errors/index.js';
import { logPolicy, prepareUpgrade, type Transport, type Upgrade } from '../http/index.js';
import type { SocketEnd } from '../platform/index.js';
import { type Frame, parseFrame } from './frame.js';
import { Backlog, type HeldMessages } from './orchestrator-queue.js';

/** How a connection ended. */
export type Ending =
  /** Closed as after the last frame, which the server also does in the middle. */
  | { readonly kind: 'closed' }
  /** The server sent an error frame. */
  | { readonly kind: 'error'; readonly message: string }
  /** It never opened or broke off. */
  | { readonly kind: 'broken'; readonly reason: string; readonly error: BacalhauError | undefined }
  /** The server will not have it, now or later. */
  | { readonly kind: 'refused'; readonly error: BacalhauError }
  /** This side closed it. */
  | { readonly kind: 'cut'; readonly why: CloseReason };

/** Why this side closed a connection. */
export type CloseReason =
  /** The reader is behind. */
  | 'full'
  /** The execution has ended and the follow has not. */
  | 'over'
  /** Another connection has read all there is. */
  | 'complete'
  /** Another connection reads what this one should have brought. */
  | 'stale'
  /** Nothing came for too long. */
  | 'silent'
  /** The server may have dropped frames, and what they say can be had elsewhere. */
  | 'overrun'
  /** It is not needed any more. */
  | 'done';

type Output = Extract<Frame, { kind: 'output' }>;

export interface LogConnectionOptions {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly executionId: string;
  readonly follow: boolean;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** How long it may take to open, in milliseconds. */
  readonly openingMs: number;
  readonly held: HeldMessages;
  /** Frames before this one were handed out already and need not be understood again. Asked for every frame. */
  readonly wanted: () => number;
  /** A frame with its place in the log, from 0. */
  readonly onOutput: (frame: Output, index: number) => void;
}

/** One connection: from the first frame of an execution's log to wherever it ends. */
export class LogConnection {
  readonly follow: boolean;
  readonly startedAt = performance.now();
  /** Frames that came, those before `wanted` included. */
  frames = 0;
  lastFrameAt = this.startedAt;
  /** When the first one came, or the end. */
  firstAt: number | undefined;
  #openedAt: number | undefined;
  ending: Ending | undefined;
  readonly ended: Promise<Ending>;
  readonly #backlog: Backlog;
  readonly #controller = new AbortController();

  constructor(options: LogConnectionOptions) {
    this.follow = options.follow;
    this.#backlog = new Backlog(options.held);
    this.ended = this.#run(options).then((ending) => {
      this.firstAt ??= performance.now();
      this.ending ??= ending;
      return this.ending;
    });
  }

  get ageMs(): number {
    return performance.now() - this.startedAt;
  }

  get opened(): boolean {
    return this.#openedAt !== undefined;
  }

  /** How long the first frame took once the socket was open: short if nobody stood before this request. */
  get firstFrameMs(): number {
    return (this.firstAt ?? performance.now()) - (this.#openedAt ?? this.startedAt);
  }

  /** Whether the server may have dropped frames. */
  get isOverrun(): boolean {
    return this.#backlog.isOverrun;
  }

  get quietMs(): number {
    return performance.now() - this.lastFrameAt;
  }

  close(why: CloseReason): void {
    this.#stop({ kind: 'cut', why });
  }

  #stop(ending: Ending): void {
    this.ending ??= ending;
    this.#controller.abort();
  }

  async #run(options: LogConnectionOptions): Promise<Ending> {
    const { transport, jobId, namespace, executionId, follow, headers } = options;
    // Never `tail`: only a log that is read from its first frame has frames that can be counted.
    const query = { execution_id: executionId, follow: String(follow), ...(namespace !== undefined && { namespace }) };
    const path = `/api/v1/orchestrator/jobs/${encodeURIComponent(jobId)}/logs`;
    const prepare = (): Promise<Upgrade> =>
      transport.withDeadline('job.logs', {}, (signal) =>
        prepareUpgrade(transport, 'job.logs', { path, query, headers }, signal),
      );
    let upgrade = await prepare();
    let end = await this.#open(upgrade, options);
    if (end.kind === 'refused' && (await upgrade.renew(end.status))) {
      upgrade.failed(end); // for hooks and log lines
      upgrade = await prepare();
      end = await this.#open(upgrade, options);
    }
    switch (end.kind) {
      case 'cut':
        return { kind: 'cut', why: 'done' };
      case 'closed':
        if (end.code === 1000) return { kind: 'closed' };
        return { kind: 'broken', reason: `the connection broke off (${end.code} ${end.reason})`, error: undefined };
      case 'failed':
      case 'refused': {
        if (this.opened && end.kind === 'failed') return { kind: 'broken', reason: end.message, error: undefined };
        const error = upgrade.failed(end);
        return logPolicy.mayReopen(error)
          ? { kind: 'broken', reason: error.message, error }
          : { kind: 'refused', error };
      }
    }
  }

  async #open(upgrade: Upgrade, options: LogConnectionOptions): Promise<SocketEnd> {
    const { openingMs } = options;
    // Not left to the runtime: browsers wait for minutes.
    const patience = setTimeout(() => {
      const message = `it did not open within ${openingMs} ms`;
      const error = upgrade.failed({ kind: 'failed', code: 'ETIMEDOUT', message });
      this.#stop({ kind: 'broken', reason: error.message, error });
    }, openingMs);
    try {
      return await platform.openWebSocket(upgrade.url, {
        headers: upgrade.headers,
        agent: upgrade.agent,
        signal: this.#controller.signal,
        onOpen: () => {
          clearTimeout(patience);
          this.#openedAt = performance.now();
          upgrade.opened();
        },
        onText: (message) => this.#receive(message, options),
      });
    } finally {
      clearTimeout(patience);
    }
  }

  #receive(message: string, { wanted, onOutput }: LogConnectionOptions): void {
    if (this.ending !== undefined) return;
    this.lastFrameAt = performance.now();
    this.firstAt ??= this.lastFrameAt;
    this.#backlog.add(message.length, this.lastFrameAt);
    // Of what was handed out before, only that it is output matters: a replay of a long log is mostly that.
    if (this.frames < wanted() && message.startsWith('{"value":{"Type":')) {
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
