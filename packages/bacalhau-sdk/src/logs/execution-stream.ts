import type { Execution } from 'bacalhau-apiclient';
import { LogStreamError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { isDocker } from '../model/index.js';
import type { ResultAccess } from '../results/index.js';
import type { EntryBuffer } from './buffer.js';
import { Beginnings, executionOutput, missingFrom } from './execution-output.js';
import { type ExecutionStatus, isStreamed, rewritesEndedLogs } from './execution-status.js';
import type { JobMonitor } from './job-monitor.js';
import type { LogLimits } from './limits.js';
import { type Ending, LogConnection } from './log-connection.js';
import type { LogEntry, LogReconnect } from './options.js';
import { ReadPosition } from './read-position.js';

/** What goes from the streams to the reader. */
export type StreamItem = LogEntry | { readonly endOf: string };

export interface ExecutionStreamParts {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly limits: LogLimits;
  readonly watch: JobMonitor;
  readonly buffer: EntryBuffer<StreamItem>;
  readonly follow: boolean;
  readonly onReconnect: ((event: LogReconnect) => void) | undefined;
  readonly results: ResultAccess | undefined;
}

/** The node looked for a log and found none: for a minute, or until a newer request took its place. */
const NO_LOG_YET = /(timeout|cancelled) while waiting for execution logs/i;
/** The node does not know the execution, because it is not there yet or because the node lost it. */
const UNKNOWN = /execution \S* ?not found|unable to find execution|no executions found/i;

/** A connection that nothing came over took more than a minute; so many failures is that worth. */
const SILENCE_COUNTS = 3;
/** More would only lengthen the node's queue. */
const MOST_HELPERS = 2;

/**
 * The output of one execution, every frame once and in order, over as many connections as that takes.
 *
 * The node keeps one append-only file of frames for each execution, and every connection replays it from the first. So
 * the number of frames that were handed out is all that has to be remembered, and any connection may go on where
 * another stopped.
 */
export class ExecutionStream {
  readonly #parts: ExecutionStreamParts;
  readonly #id: string;
  readonly #beginnings = new Beginnings();
  /** Frames before this one are done with. */
  #next = 0;
  /** Frames are counted, not handed out: they are older than the call (`tail`). */
  #counting: boolean;
  /** How far each stream of it was handed out. */
  readonly #places = { stdout: new ReadPosition(), stderr: new ReadPosition() };
  /** The server may have dropped frames: they cannot be counted any more. */
  #mayLack = false;
  /** The node said that there is no log yet: what looks like a blocked stream is a job that prints nothing. */
  #hasNoLogYet = false;
  #main: LogConnection | undefined;
  readonly #stopper = new AbortController();
  readonly #helpers = new Set<LogConnection>();

  constructor(parts: ExecutionStreamParts, executionId: string, options: { readonly fromNow: boolean }) {
    this.#parts = parts;
    this.#id = executionId;
    this.#counting = options.fromNow;
  }

  async run(): Promise<void> {
    const { buffer, watch } = this.#parts;
    try {
      if (isStreamed(watch.job, watch.release)) await this.#read();
      else await this.#wholeOutput();
    } finally {
      this.stop();
      await Promise.allSettled([...this.#helpers].map(({ ended }) => ended));
      buffer.put({ endOf: this.#id });
    }
  }

  /** Closes every connection, and lets `run` come to its end. */
  stop(): void {
    this.#stopper.abort();
    this.#main?.close('done');
    this.#cutHelpers();
  }

  async #read(): Promise<void> {
    const { buffer, follow, limits, watch } = this.#parts;
    let failures = 0;
    let catchingUp = false;
    let last: Ending | undefined;
    while (!this.#stopped) {
      await buffer.room();
      const { hasEnded: ended, hasNoLog: neverRan } = this.#status;
      if (this.#stopped || (neverRan && this.#next === 0)) return;
      // Before 1.8 the log of an ended execution is made of the copy in its state, cut and with other frames.
      if (ended && rewritesEndedLogs(watch.release)) return await this.#afterOldStream(last);
      const before = this.#next;
      // A reader that is behind is served by snapshots: a follow that is given up would keep its place on the node.
      const socket = this.#open({ follow: follow && !ended && !catchingUp && !this.#counting });
      const ending = await this.#supervise(socket, ended);
      last = ending;
      if (this.#stopped) return;
      if (this.#next > before) failures = 0;

      switch (ending.kind) {
        case 'refused':
          throw ending.error;
        case 'cut':
          if (ending.why === 'complete') return await this.#addMissing();
          if (ending.why === 'overrun' && (await this.#restOfPublished())) return;
          if (ending.why === 'silent' && this.#mayLack && ended) throw this.#givenUp(ending, failures + 1);
          if (ending.why === 'full') catchingUp = true;
          if (ending.why === 'silent') failures += SILENCE_COUNTS;
          if (ending.why === 'stale') await this.#pause('the stream had fallen silent', socket, failures);
          break;
        case 'closed': {
          if (this.#mayLack && ended) return;
          if (!socket.follow && this.#isWhole(socket, before)) {
            if (ended) return await this.#addMissing();
            if (!follow) return;
            catchingUp = false;
            this.#counting = false;
            break;
          }
          // Nothing that could be read again is left on a server before 1.8 then.
          if (socket.follow && rewritesEndedLogs(watch.release) && (await this.#endsNow())) return;
          watch.hurry();
          if (socket.follow)
            await this.#pause('the server closed the stream before the execution had ended', socket, 0);
          else {
            failures += 1;
            await this.#pause('the server closed the snapshot early', socket, failures);
          }
          break;
        }
        case 'error': {
          const noLog = NO_LOG_YET.test(ending.message);
          if (noLog || UNKNOWN.test(ending.message)) {
            // What the node did not find before the end may have been there at the end.
            if (ended) return await this.#withoutLog();
            if (!follow) return;
            this.#counting = false;
            this.#hasNoLogYet ||= noLog;
            await this.#pause(ending.message, socket, 0);
            break;
          }
          failures += 1;
          await this.#pause(`the server says: ${ending.message}`, socket, failures);
          break;
        }
        case 'broken':
          failures += 1;
          await this.#pause(ending.reason, socket, failures, ending.error);
      }
      if (failures >= limits.maxFailures) throw this.#givenUp(ending, failures);
    }
  }

  get #stopped(): boolean {
    return this.#stopper.signal.aborted;
  }

  get #status(): ExecutionStatus {
    return this.#parts.watch.execution(this.#id)?.status ?? { hasStarted: true, hasEnded: true, hasNoLog: false };
  }

  #open({ follow }: { readonly follow: boolean }): LogConnection {
    const { transport, jobId, namespace, headers, limits } = this.#parts;
    const socket: LogConnection = new LogConnection({
      transport,
      jobId,
      namespace,
      headers,
      executionId: this.#id,
      follow,
      openingMs: limits.opening,
      held: limits.held,
      wanted: () => this.#next,
      onOutput: (frame, index) => this.#accept(socket, frame, index),
    });
    return socket;
  }

  #accept(socket: LogConnection, { stream, text }: Pick<LogEntry, 'stream' | 'text'>, index: number): void {
    // Another connection was faster.
    if (index < this.#next) return;
    const { buffer, limits } = this.#parts;
    if (this.#counting && index === 0 && socket.firstFrameMs > limits.promptSnapshot) this.#counting = false;
    if (socket.isOverrun && !this.#mayLack) {
      this.#mayLack = true;
      if (this.#isPublished) {
        socket.close('overrun');
        if (socket !== this.#main) this.#main?.close('overrun');
        return;
      }
    }
    const mark = this.#mayLack ? ({ incomplete: true } as const) : {};
    if (!this.#counting && !buffer.offer({ stream, text, executionId: this.#id, ...mark }, text.length)) {
      socket.close('full');
      if (socket !== this.#main) this.#main?.close('full');
      return;
    }
    this.#next = index + 1;
    this.#beginnings.add(stream, text);
    this.#places[stream].pass(text);
    // The connection is being served, so nobody stands before it any more.
    if (socket === this.#main) this.#cutHelpers();
  }

  /** Waits for the end of a connection, and sees to it that there is one. */
  async #supervise(main: LogConnection, endedBefore: boolean): Promise<Ending> {
    const { limits } = this.#parts;
    this.#main = main;
    let nextNudge = this.#hasNoLogYet ? limits.silent : endedBefore ? limits.nudgeAgain : limits.nudge;
    let nextProbe = limits.probe;
    let round = 0;
    let endSeenAt: number | undefined;
    const timer = setInterval(() => {
      if (!main.opened) return;
      const { hasEnded: ended } = this.#status;
      if (ended) endSeenAt ??= performance.now();
      if (main.follow && endSeenAt !== undefined) {
        const quiet = Math.min(main.quietMs, performance.now() - endSeenAt);
        if (quiet > limits.endGrace) return main.close('over');
      } else if (!main.follow && main.quietMs > (this.#mayLack ? limits.undroppable : limits.silent)) {
        return main.close('silent');
      }
      if (main.frames === 0 && main.ageMs > nextNudge) {
        this.#help(main);
        round += 1;
        // In pairs, each pair later than the one before.
        nextNudge =
          main.ageMs + (round % 2 === 1 ? limits.nudgeAgain : Math.min(limits.longestNudge, limits.nudge * round));
      } else if (main.follow && main.frames > 0 && main.quietMs > nextProbe) {
        this.#help(main);
        round += 1;
        nextProbe =
          main.quietMs + (round % 2 === 1 ? limits.nudgeAgain : Math.min(limits.longestProbe, limits.probe * round));
      }
    }, limits.supervise);
    try {
      return await main.ended;
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * A second request, a snapshot, which the node serves and forgets even when nobody reads it. It makes the node drop
   * an older stream that blocks it; and where it brings what the first one did not, the first one is dead.
   */
  #help(main: LogConnection): void {
    const endedBefore = this.#status.hasEnded;
    const before = this.#next;
    if (this.#helpers.size >= MOST_HELPERS) [...this.#helpers][0]?.close('done');
    const helper = this.#open({ follow: false });
    this.#helpers.add(helper);
    void helper.ended.then(
      (ending) => {
        this.#helpers.delete(helper);
        if (this.#main !== main || main.ending !== undefined) return;
        if (ending.kind === 'closed' && endedBefore && this.#isWhole(helper, before)) main.close('complete');
        else if (ending.kind === 'closed' && this.#next > main.frames) main.close('stale');
      },
      () => this.#helpers.delete(helper), // The first connection meets the same failure.
    );
  }

  /**
   * Whether a snapshot that was closed has said all. One that took long may have been dropped half-way; then it has
   * not, unless it came exactly as far as an earlier connection.
   */
  #isWhole(socket: LogConnection, known: number): boolean {
    if (socket.frames < known) return false;
    return socket.ageMs < this.#parts.limits.undroppable || (known > 0 && socket.frames === known);
  }

  /** Lets time pass before the next connection; less, if the execution ends meanwhile. */
  async #pause(reason: string, socket: LogConnection, failures: number, error?: unknown): Promise<void> {
    const { limits, watch, onReconnect } = this.#parts;
    const { hasEnded: ended } = this.#status;
    const growing = failures === 0 ? 0 : Math.min(limits.longestRetry, limits.firstRetry * 2 ** (failures - 1));
    // A running execution's stream keeps its place on the node for a while. One that never opened has none.
    const atLeast = socket.opened && !ended ? limits.reconnect : 0;
    const delayMs = Math.max(atLeast, growing) + Math.random() * (atLeast > 0 ? limits.reconnectJitter : growing / 2);
    watch.hurry();
    const event = { executionId: this.#id, reason, framesRead: this.#next, delayMs };
    if (ended) return await watch.until(() => false, delayMs);
    await watch.until(() => this.#status.hasEnded, limits.endGrace);
    // The usual end of a follow: nothing broke.
    if (this.#status.hasEnded && error === undefined) return;
    onReconnect?.(event);
    await watch.until(() => this.#status.hasEnded, delayMs - limits.endGrace);
  }

  /** The end of an execution on a server before 1.8: what it published, unless a stream has brought all. */
  async #afterOldStream(last: Ending | undefined): Promise<void> {
    if (this.#next === 0 && !this.#counting) return await this.#withoutLog();
    const fellSilent = last?.kind === 'cut' && last.why === 'over';
    if (last !== undefined && !fellSilent) throw this.#givenUp(last, 1);
  }

  /** Whether the execution turns out to have ended, within the time that takes to be seen. */
  async #endsNow(): Promise<boolean> {
    const { limits, watch } = this.#parts;
    watch.hurry();
    await watch.until(() => this.#status.hasEnded, limits.endGrace);
    return this.#status.hasEnded && this.#next > 0;
  }

  /** For executions that have no stream: their output comes when they have ended. */
  async #wholeOutput(): Promise<void> {
    const { follow, watch } = this.#parts;
    if (follow) await watch.until(() => this.#status.hasEnded);
    if (!this.#stopped && this.#status.hasEnded) await this.#withoutLog();
  }

  async #withoutLog(): Promise<void> {
    const found = this.#parts.watch.execution(this.#id);
    // What came before the node lost its log came from there, and must not come twice.
    if (found === undefined || this.#next > 0) return;
    for await (const entry of this.#output(found.execution)) await this.#bring([entry]);
  }

  get #isPublished(): boolean {
    const { watch } = this.#parts;
    const execution = watch.execution(this.#id)?.execution;
    return !this.#counting && this.#status.hasEnded && Boolean(execution?.PublishedResult?.Type);
  }

  /** What was not read yet, from what the execution published. False if nothing of that can be had. */
  async #restOfPublished(): Promise<boolean> {
    const found = this.#parts.watch.execution(this.#id);
    if (found === undefined) return false;
    const rest = { stdout: this.#places.stdout.after(), stderr: this.#places.stderr.after() };
    for await (const entry of this.#output(found.execution)) {
      // The copy in its state, which is short.
      if (entry.incomplete) return false;
      await this.#bring([{ ...entry, text: rest[entry.stream](entry.text) }]);
    }
    return true;
  }

  /** The output of an ended execution, without its log; no more of it, and no failure, once this stream was stopped. */
  async *#output(execution: Execution): AsyncGenerator<LogEntry, void, undefined> {
    const { transport, jobId, namespace, results, watch } = this.#parts;
    try {
      yield* executionOutput(execution, {
        ...{ transport, jobId, namespace, results },
        signal: this.#stopper.signal,
        isDocker: watch.job !== undefined && isDocker(watch.job),
      });
    } catch (error) {
      if (!this.#stopped) throw error;
    }
  }

  async #addMissing(): Promise<void> {
    const found = this.#parts.watch.execution(this.#id);
    if (found !== undefined) await this.#bring(missingFrom(found.execution, this.#beginnings));
  }

  async #bring(entries: readonly LogEntry[]): Promise<void> {
    const { buffer } = this.#parts;
    for (const entry of entries) {
      if (entry.text === '') continue;
      while (!this.#stopped && !buffer.offer(entry, entry.text.length)) await buffer.room();
    }
  }

  #givenUp(ending: Ending, attempts: number): LogStreamError {
    const reason = this.#mayLack
      ? 'the server has dropped a part of it, as it does with long logs. A job that publishes its results keeps all of it'
      : ending.kind === 'error'
        ? `the server says: ${ending.message}`
        : ending.kind === 'broken'
          ? ending.reason
          : 'the node does not answer';
    return new LogStreamError(
      `The output of execution ${this.#id} could not be read on after ${this.#next} chunks: ${reason}. Try again later, or look at its results.`,
      { executionId: this.#id, framesRead: this.#next, attempts },
      ending.kind === 'broken' && ending.error !== undefined ? { cause: ending.error } : {},
    );
  }

  #cutHelpers(): void {
    for (const helper of this.#helpers) helper.close('done');
  }
}
