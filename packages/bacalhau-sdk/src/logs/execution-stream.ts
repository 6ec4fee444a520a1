import type { Execution } from 'bacalhau-apiclient';
import { LogStreamError, UnexpectedResponseError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { isDocker, phaseOf } from '../model/index.js';
import type { ResultAccess } from '../results/index.js';
import type { EntryBuffer } from './buffer.js';
import { incompleteMark } from './entries.js';
import { executionOutput, isWholeCopy } from './execution-output.js';
import { type ExecutionStatus, isStreamed, rewritesEndedLogs } from './execution-status.js';
import { HelperConnections, HelperSchedule } from './helper-connections.js';
import type { JobMonitor } from './job-monitor.js';
import type { LogLimits } from './limits.js';
import { type CloseReason, type ConnectionEnd, LogConnection, type OutputFrame } from './log-connection.js';
import type { NodeWatch } from './node-watch.js';
import type { LogEntry, LogReconnect } from './options.js';
import { ReadProgress } from './read-progress.js';
import { Reconnection } from './reconnection.js';
import { superviseConnection } from './supervise-connection.js';

/** What goes from the streams to the reader. */
export type StreamItem = LogEntry | { readonly endOf: string };

export interface ExecutionStreamOptions {
  readonly transport: Transport;
  readonly jobId: string;
  readonly executionId: string;
  readonly namespace: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly limits: LogLimits;
  readonly monitor: JobMonitor;
  readonly node: NodeWatch;
  readonly buffer: EntryBuffer<StreamItem>;
  readonly follow: boolean;
  /** Whether to leave out what was printed before the call. */
  readonly skipOldOutput: boolean;
  readonly onReconnect: ((event: LogReconnect) => void) | undefined;
  readonly results: ResultAccess | undefined;
}

/** The states of a stream in which it reads from a connection. */
type ReadingState =
  /** A follow: output comes as it is printed. */
  | 'following'
  /**
   * A snapshot before a follow, because the reader fell behind or old output is to be skipped. A follow that is given up
   * would keep its place on the node.
   */
  | 'catchingUp'
  /** A snapshot of what there is now, which is all that was asked for. */
  | 'snapshot'
  /** A follow that is left with the next chunk, or when none comes: before 1.8, a snapshot lacks its last one. */
  | 'readingLastChunk'
  /** A snapshot of the whole log, after the execution has ended. */
  | 'finishing';

/**
 * What a stream does. Each state is a method that returns the next one:
 *
 * | state | until | next |
 * | --- | --- | --- |
 * | `waiting` | the buffer has room | a reading state, by what the execution does; `done` if it never ran; before 1.8, `withoutLog`, `completing` |
 * | a reading state | its connection has ended | `waiting` to reconnect, another reading state, `completing`, `draining`, `awaitingEnd`, `withoutLog`, `done` |
 * | `completing` | what the log lacks at its end was taken from the execution's state | `done`; `draining` before 1.8, where more may be missing |
 * | `draining` | the rest was read from the published result | `done`; `waiting` if that is out of reach and the log is not |
 * | `awaitingEnd` | an execution without a stream has ended | `withoutLog`; before 1.8, `waiting` |
 * | `withoutLog` | the published or copied output was read | `done` |
 */
type State = ReadingState | 'waiting' | 'completing' | 'draining' | 'awaitingEnd' | 'withoutLog' | 'done';

/** The node looked for a log and found none: for a minute, or until a newer request took its place. */
const NO_LOG_YET = /(timeout|cancelled) while waiting for execution logs/i;
/** The node does not know the execution, because it is not there yet or because the node lost it. */
const UNKNOWN_EXECUTION =
  /execution \S* ?not found|unable to find execution|no executions found|getting outputs for execution/i;
/** Before 1.8: the program has ended. Its execution ends when its results are published. */
const CONTAINER_GONE = /container is not running|no such container|logs for completed execution/i;

/** The states in which a log may turn out to be out of reach. */
const OF_LOG: ReadonlySet<State> = new Set([
  ...(['waiting', 'following', 'catchingUp', 'snapshot', 'readingLastChunk', 'finishing'] as const),
]);

const NOT_STREAMED = incompleteMark(
  'servers before 1.5 crash when they are asked for logs at the wrong moment, so the output comes when the job has ended',
);
const NO_LAST_CHUNK = incompleteMark(
  'servers before 1.8 lose the end of a log, and there is no published result that has it',
);
const DROPPED = incompleteMark('so much came that the server may have dropped some of it');

/** The clients that were told so. */
const withoutWebSockets = new WeakSet<Transport>();

/** Used for an execution that the server no longer lists. */
const GONE: ExecutionStatus = { hasStarted: true, hasEnded: true, hasNoLog: false };

/**
 * Reads the output of one execution, every frame once and in order, over as many connections as that takes.
 *
 * The node keeps one append-only file of frames for each execution, and every connection replays it from the first. So
 * the number of frames that were handed out is all that has to be remembered, and any connection may continue where
 * another stopped.
 */
export class ExecutionStream {
  readonly #options: ExecutionStreamOptions;
  readonly #progress: ReadProgress;
  readonly #reconnection: Reconnection;
  readonly #helpers = new HelperConnections(() => this.#connect({ follow: false }));
  readonly #stopper = new AbortController();
  /** The reader was slower than a follow. */
  #isBehind = false;
  /** The node reported that there is no log yet: what looks like a blocked stream is a job that prints nothing. */
  #hasNoLogYet = false;
  #isReadingLastChunk = false;
  #main: LogConnection | undefined;
  #lastEnd: ConnectionEnd | undefined;
  /** Before 1.8: the stream was read to its end. */
  #isAtEnd = false;

  constructor(options: ExecutionStreamOptions) {
    this.#options = options;
    this.#progress = new ReadProgress({ isSkipping: options.skipOldOutput });
    const { executionId, limits, monitor, onReconnect, transport, headers } = options;
    const secrets = transport.requests.secretsOf(headers);
    const hasExecutionEnded = () => this.#status.hasEnded;
    this.#reconnection = new Reconnection({
      ...{ executionId, limits, monitor, onReconnect, secrets },
      progress: this.#progress,
      hasExecutionEnded,
    });
  }

  async run(): Promise<void> {
    const { buffer, executionId, monitor } = this.#options;
    try {
      let state: State = isStreamed(monitor.job, monitor.release) ? 'waiting' : 'awaitingEnd';
      while (state !== 'done') {
        const current: Exclude<State, 'done'> = state;
        state = await this.#nextState(current).catch((error: unknown) => this.#afterGivingUp(current, error));
      }
    } finally {
      this.stop();
      await this.#helpers.settled();
      buffer.put({ endOf: executionId });
    }
  }

  /** Closes every connection, and makes `run` return. */
  stop(): void {
    this.#stopper.abort();
    this.#main?.close('notNeeded');
    this.#helpers.closeAll();
  }

  get #isStopped(): boolean {
    return this.#stopper.signal.aborted;
  }

  get #status(): ExecutionStatus {
    const { monitor, executionId } = this.#options;
    return monitor.execution(executionId)?.status ?? GONE;
  }

  get #execution(): Execution | undefined {
    const { monitor, executionId } = this.#options;
    return monitor.execution(executionId)?.execution;
  }

  #nextState(state: Exclude<State, 'done'>): Promise<State> {
    switch (state) {
      case 'waiting':
        return this.#waiting();
      case 'completing':
        return this.#completing();
      case 'draining':
        return this.#draining();
      case 'awaitingEnd':
        return this.#awaitingEnd();
      case 'withoutLog':
        return this.#withoutLog();
      default:
        return this.#reading(state);
    }
  }

  async #waiting(): Promise<State> {
    const { buffer, follow, monitor } = this.#options;
    await buffer.room();
    const { hasEnded, hasNoLog } = this.#status;
    if (this.#isStopped || (hasNoLog && this.#progress.frames === 0)) return 'done';
    if (hasEnded) return rewritesEndedLogs(monitor.release) ? this.#afterOldStream() : 'finishing';
    if (!follow) return 'snapshot';
    return this.#isBehind || this.#progress.isSkipping ? 'catchingUp' : 'following';
  }

  /** Before 1.8, nothing can be read on from a stream whose execution has ended: other output completes it. */
  #afterOldStream(): State {
    const { frames, isSkipping } = this.#progress;
    if (frames === 0 && !isSkipping) return 'withoutLog';
    const end = this.#lastEnd;
    if (end === undefined) return 'done';
    if (!this.#isAtEnd) this.#reconnection.giveUp(end);
    return 'completing';
  }

  /**
   * After the end of an execution other output is left where its log cannot be read to its end: the published result, or
   * the copy in its state. That is marked.
   */
  async #afterGivingUp(state: Exclude<State, 'done'>, error: unknown): Promise<State> {
    const execution = this.#execution;
    const isAboutLog = error instanceof LogStreamError && OF_LOG.has(state) && !this.#progress.isLossy;
    if (!isAboutLog || !this.#status.hasEnded || execution === undefined) throw error;
    this.#helpers.closeAll(); // What they bring from now on would come twice.
    const { buffer } = this.#options;
    const rest = this.#isWholeCopy(execution) ? this.#progress.continuationIn(execution) : undefined;
    if (rest !== undefined) {
      await this.#handOut(rest);
      return 'done';
    }
    // Before 1.8 that is how logs end whose container ended between two connections.
    const isUsual = state === 'waiting';
    if (!isUsual) this.#warn(error);
    const mark = incompleteMark(error.message);
    let needsMark = this.#progress.isSkipping;
    if (!this.#progress.isSkipping) {
      const { frames } = this.#progress;
      const unread = this.#progress.skippers();
      let isCopy = false;
      for await (const entry of this.#outputOf(execution)) {
        isCopy ||= entry.incomplete === true;
        if (!entry.incomplete) await this.#handOut([{ ...entry, text: unread[entry.stream](entry.text) }]);
        else if (frames === 0) await this.#handOut([{ ...entry, ...mark }]);
      }
      const rest = isCopy && frames > 0 ? this.#progress.missingFrom(execution) : [];
      await this.#handOut(rest.map((entry) => ({ ...entry, ...mark })));
      if (isCopy && isUsual) this.#warn(error);
      const { Stdout, stderr } = execution.RunOutput ?? {};
      needsMark = isCopy && (frames > 0 || (!Stdout && !stderr));
    }
    if (needsMark) buffer.put({ stream: 'stdout', text: '', executionId: execution.ID, ...mark });
    return 'done';
  }

  #warn(error: LogStreamError): void {
    const { transport } = this.#options;
    if (error.cause instanceof UnexpectedResponseError) {
      // It is the same for every log of the client.
      if (withoutWebSockets.has(transport)) return;
      withoutWebSockets.add(transport);
    }
    transport.warn(`${error.message} Its published result or the copy in its state is used.`);
  }

  async #reading(state: ReadingState): Promise<State> {
    const framesBefore = this.#progress.frames;
    const isFollow = state === 'following' || state === 'readingLastChunk';
    const connection = this.#connect({ follow: isFollow });
    this.#main = connection;
    this.#isReadingLastChunk = state === 'readingLastChunk';
    const end = await this.#supervise(connection, state);
    this.#lastEnd = end;
    this.#reconnection.observe(connection);
    if (this.#isStopped) return 'done';
    if (this.#progress.frames > framesBefore) this.#reconnection.reset();

    switch (end.kind) {
      case 'refused':
        throw end.error;
      case 'closedByReader':
        return this.#afterClosing(state, connection, end, { reason: end.reason, framesBefore });
      case 'noWebSocket':
        if (state === 'readingLastChunk') return this.#withoutLastChunk();
        await this.#reconnection.afterRefusal(connection, end);
        return 'waiting';
      case 'closed':
        return this.#afterServerClosed(state, connection, end, framesBefore);
      case 'error':
        if (rewritesEndedLogs(this.#options.monitor.release) && CONTAINER_GONE.test(end.message)) {
          return this.#afterContainer();
        }
        if (state === 'readingLastChunk') return this.#withoutLastChunk();
        if (NO_LOG_YET.test(end.message) || UNKNOWN_EXECUTION.test(end.message)) {
          return this.#afterNoLog(state, connection, end.message);
        }
        await this.#reconnection.afterFailure(connection, end, `the server reported: ${end.message}`);
        return 'waiting';
      case 'broken':
        if (state === 'readingLastChunk') return this.#withoutLastChunk();
        await this.#reconnection.afterFailure(connection, end, end.reason);
        return 'waiting';
    }
  }

  async #afterClosing(
    state: ReadingState,
    connection: LogConnection,
    end: ConnectionEnd,
    { reason, framesBefore }: { readonly reason: CloseReason; readonly framesBefore: number },
  ): Promise<State> {
    switch (reason) {
      case 'readByHelper':
        return 'completing';
      case 'framesDropped':
        return 'draining';
      case 'caughtUp':
        return connection.frames < framesBefore ? this.#withoutLastChunk() : 'done';
      case 'bufferFull':
        this.#isBehind = true;
        return 'waiting';
      case 'silent': {
        // After the end other output is left, and nothing new will come of a log that brought nothing in all that time.
        const isHopeless = this.#progress.isLossy || this.#progress.frames === framesBefore;
        this.#reconnection.afterSilence(end, { mayReconnect: !(isHopeless && state === 'finishing') });
        return 'waiting';
      }
      case 'nodeGone':
        return this.#reconnection.giveUp(end);
      case 'stale':
        await this.#reconnection.afterStaleConnection(connection);
        return 'waiting';
      case 'executionEnded':
        this.#isAtEnd = true;
        return 'waiting';
      case 'notNeeded':
        return 'waiting';
    }
  }

  async #afterServerClosed(
    state: ReadingState,
    connection: LogConnection,
    end: ConnectionEnd,
    framesBefore: number,
  ): Promise<State> {
    const { limits, monitor } = this.#options;
    if (state === 'readingLastChunk') return 'done';
    if (state === 'following') {
      if (rewritesEndedLogs(monitor.release) && (await this.#endsNow())) {
        this.#isAtEnd = true;
        return 'waiting';
      }
      await this.#reconnection.afterEarlyEnd(connection, 'the server closed the stream before the execution had ended');
      return 'waiting';
    }
    if (state === 'finishing' && this.#progress.isLossy) return 'done';
    if (!connection.isComplete({ framesBefore, neverDroppedMs: limits.neverDroppedMs })) {
      await this.#reconnection.afterFailure(connection, end, 'the server closed the snapshot early');
      return 'waiting';
    }
    if (state === 'finishing') return 'completing';
    if (state === 'snapshot') return rewritesEndedLogs(monitor.release) ? 'readingLastChunk' : 'done';
    this.#isBehind = false;
    this.#progress.isSkipping = false;
    return 'waiting';
  }

  async #afterNoLog(state: ReadingState, connection: LogConnection, message: string): Promise<State> {
    // What the node did not find before the end may have been there at the end.
    if (state === 'finishing') return 'withoutLog';
    if (state === 'snapshot') return 'done';
    this.#progress.isSkipping = false;
    const isLookingForLog = NO_LOG_YET.test(message);
    this.#hasNoLogYet ||= isLookingForLog;
    if (isLookingForLog) await this.#reconnection.afterEarlyEnd(connection, message);
    else await this.#reconnection.afterUnknown(connection, message);
    return 'waiting';
  }

  /** Before 1.8, after the end of the program: nothing can be read any more until its execution has ended. */
  async #afterContainer(): Promise<State> {
    if (this.#options.follow) return 'awaitingEnd';
    return (await this.#endsNow()) ? 'waiting' : this.#withoutLastChunk();
  }

  #withoutLastChunk(): State {
    const { buffer, executionId } = this.#options;
    buffer.put({ stream: 'stdout', text: '', executionId, ...NO_LAST_CHUNK });
    return 'done';
  }

  /** Returns whether the execution turns out to have ended, within the time that takes to be seen. */
  async #endsNow(): Promise<boolean> {
    const { limits, monitor } = this.#options;
    monitor.pollNow();
    await monitor.waitUntil(() => this.#status.hasEnded, limits.endGraceMs);
    return this.#status.hasEnded;
  }

  #connect({ follow }: { readonly follow: boolean }): LogConnection {
    const { transport, jobId, executionId, namespace, headers, limits } = this.#options;
    const connection: LogConnection = new LogConnection({
      ...{ transport, jobId, executionId, namespace, headers, follow },
      openTimeoutMs: limits.openTimeoutMs,
      queueLimit: limits.orchestratorQueue,
      framesRead: () => this.#progress.frames,
      onOutput: (frame, index) => this.#accept(connection, frame, index),
    });
    return connection;
  }

  #supervise(main: LogConnection, state: ReadingState): Promise<ConnectionEnd> {
    const { limits } = this.#options;
    const firstNudgeMs = this.#hasNoLogYet
      ? limits.silenceTimeoutMs
      : state === 'finishing'
        ? limits.secondHelperMs
        : limits.nudgeMs;
    const node = state === 'finishing' || state === 'snapshot' ? this.#options.node : undefined;
    return superviseConnection(main, {
      node,
      everyMs: limits.superviseMs,
      lastChunkMs: state === 'readingLastChunk' ? limits.lastChunkMs : undefined,
      endGraceMs: limits.endGraceMs,
      silenceTimeoutMs: () => (this.#progress.isLossy ? limits.neverDroppedMs : limits.silenceTimeoutMs),
      hasExecutionEnded: () => this.#status.hasEnded,
      schedule: new HelperSchedule(limits, { firstNudgeMs }),
      openHelper: () => this.#openHelper(main),
    });
  }

  #openHelper(main: LogConnection): void {
    const { neverDroppedMs } = this.#options.limits;
    const hadEnded = this.#status.hasEnded;
    const framesBefore = this.#progress.frames;
    this.#helpers.open((end, helper) => {
      if (this.#main !== main || main.hasEnded || end.kind !== 'closed') return;
      if (hadEnded && helper.isComplete({ framesBefore, neverDroppedMs })) main.close('readByHelper');
      else if (this.#progress.frames > main.frames) main.close('stale');
    });
  }

  #accept(connection: LogConnection, frame: OutputFrame, index: number): void {
    // Another connection was faster.
    if (index < this.#progress.frames) return;
    const { buffer, executionId, limits } = this.#options;
    const progress = this.#progress;
    if (progress.isSkipping && index === 0 && connection.firstFrameMs > limits.promptSnapshotMs) {
      progress.isSkipping = false;
    }
    if (connection.isLossy && !progress.isLossy) {
      progress.isLossy = true;
      if (this.#isPublished) {
        this.#closeWithMain(connection, 'framesDropped');
        return;
      }
    }
    const { stream, text } = frame;
    const mark = progress.isLossy ? DROPPED : {};
    if (!progress.isSkipping && !buffer.offer({ stream, text, executionId, ...mark }, text.length)) {
      this.#closeWithMain(connection, 'bufferFull');
      return;
    }
    progress.add(frame);
    if (this.#isReadingLastChunk) this.#closeWithMain(connection, 'caughtUp');
    // The node serves this connection, so nothing blocks it any more.
    if (connection === this.#main) this.#helpers.closeAll();
  }

  #closeWithMain(connection: LogConnection, reason: CloseReason): void {
    connection.close(reason);
    if (connection !== this.#main) this.#main?.close(reason);
  }

  get #isPublished(): boolean {
    return !this.#progress.isSkipping && this.#status.hasEnded && Boolean(this.#execution?.PublishedResult?.Type);
  }

  async #completing(): Promise<State> {
    const execution = this.#execution;
    if (execution === undefined) return 'done';
    this.#helpers.closeAll();
    const { release } = this.#options.monitor;
    const rest = this.#isWholeCopy(execution) ? this.#progress.continuationIn(execution) : undefined;
    // Of a program that was stopped, nothing is kept that could complete its log.
    const isFinal = !rewritesEndedLogs(release) || phaseOf(execution, release) === 'cancelled';
    if (rest === undefined && !isFinal) return 'draining';
    await this.#handOut(rest ?? this.#progress.missingFrom(execution));
    return 'done';
  }

  async #draining(): Promise<State> {
    const execution = this.#execution;
    if (execution === undefined) return 'waiting';
    this.#helpers.closeAll();
    const unread = this.#progress.skippers();
    for await (const entry of this.#outputOf(execution)) {
      // Only the copy in its state is left, which is short.
      if (entry.incomplete && !this.#isAtEnd) return 'waiting';
      if (entry.incomplete) {
        await this.#handOut(this.#progress.missingFrom(execution));
        return this.#withoutLastChunk();
      }
      await this.#handOut([{ ...entry, text: unread[entry.stream](entry.text) }]);
    }
    return 'done';
  }

  async #awaitingEnd(): Promise<State> {
    const { buffer, executionId, follow, monitor } = this.#options;
    if (follow) await monitor.waitUntil(() => this.#status.hasEnded);
    if (this.#isStopped) return 'done';
    if (this.#status.hasEnded) return this.#progress.frames > 0 ? 'waiting' : 'withoutLog';
    if (this.#isDocker) buffer.put({ stream: 'stdout', text: '', executionId, ...NOT_STREAMED });
    return 'done';
  }

  async #withoutLog(): Promise<State> {
    const execution = this.#execution;
    // What came before the node lost its log must not come twice.
    if (execution === undefined || this.#progress.frames > 0) return 'done';
    let marked: LogEntry | undefined;
    let isEmpty = true;
    for await (const entry of this.#outputOf(execution)) {
      if (entry.incomplete) marked = entry;
      if (entry.text !== '') isEmpty = false;
      await this.#handOut([entry]);
    }
    // Before 1.8 nothing is kept of a program that was stopped, so that an empty copy does not mean that it printed nothing.
    const { buffer, monitor } = this.#options;
    const isUnknown = rewritesEndedLogs(monitor.release) && phaseOf(execution, monitor.release) === 'cancelled';
    if (isEmpty && marked !== undefined && this.#isDocker && isUnknown) buffer.put(marked);
    return 'done';
  }

  get #isDocker(): boolean {
    const { job } = this.#options.monitor;
    return job !== undefined && isDocker(job);
  }

  #isWholeCopy(execution: Execution): boolean {
    return isWholeCopy(execution, { isDocker: this.#isDocker, release: this.#options.monitor.release });
  }

  /** Reads the output of an ended execution without its log; ends without a failure once this stream was stopped. */
  async *#outputOf(execution: Execution): AsyncGenerator<LogEntry, void, undefined> {
    const { transport, jobId, namespace, results, monitor } = this.#options;
    try {
      yield* executionOutput(execution, {
        ...{ transport, jobId, namespace, results },
        signal: this.#stopper.signal,
        isDocker: this.#isDocker,
        release: monitor.release,
      });
    } catch (error) {
      if (!this.#isStopped) throw error;
    }
  }

  async #handOut(entries: readonly LogEntry[]): Promise<void> {
    const { buffer } = this.#options;
    for (const entry of entries) {
      if (entry.text === '') continue;
      while (!this.#isStopped && !buffer.offer(entry, entry.text.length)) await buffer.room();
    }
  }
}
