import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { followLogs, type LogEntry, loadLogs, type ReadPosition } from '../logs/index.js';
import { hasPublisher, isDocker } from '../model/index.js';
import type { ResultAccess } from '../results/index.js';
import { onAbort, raceAbort, sleep } from '../util/index.js';
import type { ExecutionOutput } from './run-result.js';

/** How long the log of an ended job may bring nothing new, in milliseconds, before the rest is taken from its result, */
const GRACE_MS = 2_000;
/** and where there is none: the stream of a stopped job ends within ten seconds. */
const LAST_GRACE_MS = 15_000;

/** What was handed out of one execution. */
interface Printed {
  readonly position: Readonly<Record<LogEntry['stream'], ReadPosition>>;
  /** All of it, if it is kept. */
  readonly entries: LogEntry[];
  /** Whether an entry said that output is lost. */
  isMarked: boolean;
}

interface LiveLogSource {
  readonly transport: Transport;
  readonly onLog: (entry: LogEntry) => unknown;
  readonly results: ResultAccess | undefined;
  /** Whether what is read is wanted for the result too. */
  readonly isKept: boolean;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/**
 * Hands out what a job prints while its result is awaited. What is read is used for the result too; what cannot be read
 * is taken from there.
 */
export class LiveLog {
  readonly #source: LiveLogSource;
  readonly #stopper = new AbortController();
  readonly #printed = new Map<string, Printed>();
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  #reading: Promise<void> = Promise.resolve();
  #hasBegun = false;
  #hasFailed = false;
  /** Whether the log was read to its end. */
  #isWhole = false;
  #lossReason = 'its log could not be read to its end';
  #entryCount = 0;
  /** How much may still be kept, in UTF-16 units; undefined once nothing is kept. */
  #keepable: number | undefined;

  constructor(source: LiveLogSource) {
    this.#source = source;
    this.#keepable = source.isKept ? source.transport.maxResponseBytes({}) : undefined;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Settles like `work`, or rejects as soon as the listener throws. */
  guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  /** Begins to read, once the job is known to be the right one. */
  follow(job: Job): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (isDocker(job) && hasPublisher(job)) this.#keepable = undefined;
    this.#reading = this.#read(job);
  }

  /** Tells that the job has ended: what is not streamed can be read now. */
  jobEnded(): void {
    this.#end();
  }

  /** Returns all that an execution printed, once the log was read to its end; undefined if it has to be read elsewhere. */
  async entriesOf(executionId: string): Promise<readonly LogEntry[] | undefined> {
    await raceAbort(this.#reading, this.#source.signal);
    if (!this.#isWhole || this.#keepable === undefined) return undefined;
    return this.#printed.get(executionId)?.entries;
  }

  /** Hands out what the log lacks of the outputs of a completed job. */
  async completeWith(outputs: readonly ExecutionOutput[]): Promise<void> {
    await this.#settle(GRACE_MS);
    for (const output of outputs) await this.#handOutRest(output);
  }

  /** Ends the log of a job that has no result. */
  async endOf(executions: readonly Execution[]): Promise<void> {
    await this.#settle(LAST_GRACE_MS);
    if (this.#isWhole) return;
    for (const executionId of new Set([...this.#printed.keys(), ...executions.map(({ ID }) => ID)])) {
      if (!this.#printed.get(executionId)?.isMarked) await this.#mark(executionId, this.#lossReason);
    }
  }

  async #read(job: Job): Promise<void> {
    const { transport, results, signal: outer } = this.#source;
    const { signal } = this.#stopper;
    const remove = onAbort(outer, () => this.#stopper.abort(outer.reason));
    if (outer.aborted) this.#stopper.abort(outer.reason);
    try {
      const { isStreamed } = await loadLogs();
      // Nothing is gained by polling for an end that others wait for.
      if (!isStreamed(job, await transport.serverRelease({ signal }))) await raceAbort(this.#ended, signal);
      const target = { jobId: job.ID ?? '', namespace: job.Namespace };
      for await (const entry of followLogs(transport, target, { follow: true, signal, results })) {
        // What was read before the end may still come after it.
        if (signal.aborted) return;
        await this.#handOut(entry);
      }
      this.#isWhole = true;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof BacalhauError)) return this.#fail(error);
      this.#lossReason = error.message;
      transport.warn(`${error.message} What follows of the output comes when the job has ended.`);
    } finally {
      remove();
    }
  }

  async #handOut(entry: LogEntry): Promise<void> {
    if (this.#hasFailed) return;
    const { executionId, stream, text } = entry;
    this.#entryCount += 1;
    const printed = await this.#printedBy(executionId);
    printed.position[stream].advance(text);
    printed.isMarked ||= entry.incomplete === true;
    this.#keep(printed, entry);
    try {
      await this.#source.onLog(entry);
    } catch (error) {
      // The caller's own mistake goes to the caller.
      this.#hasFailed = true;
      this.#fail(error);
      this.#stopper.abort();
    }
  }

  async #printedBy(executionId: string): Promise<Printed> {
    const known = this.#printed.get(executionId);
    if (known !== undefined) return known;
    const { ReadPosition } = await loadLogs();
    const position = { stdout: new ReadPosition(), stderr: new ReadPosition() };
    const printed: Printed = { position, entries: [], isMarked: false };
    this.#printed.set(executionId, printed);
    return printed;
  }

  #keep(printed: Printed, entry: LogEntry): void {
    if (this.#keepable === undefined) return;
    this.#keepable -= entry.text.length;
    if (this.#keepable >= 0) {
      printed.entries.push(entry);
      return;
    }
    this.#keepable = undefined;
    for (const { entries } of this.#printed.values()) entries.length = 0;
  }

  /** Waits for the end of the reading for as long as it brings anything, and ends it then. */
  async #settle(graceMs: number): Promise<void> {
    const { signal } = this.#source;
    let hasEnded = false;
    const reading = this.#reading.then(() => {
      hasEnded = true;
    });
    for (let before = -1; !hasEnded && before !== this.#entryCount; ) {
      before = this.#entryCount;
      const pause = new AbortController();
      await raceAbort(Promise.race([reading, sleep(graceMs, pause.signal)]), signal).finally(() => pause.abort());
    }
    this.#stopper.abort();
    await raceAbort(reading, signal);
  }

  async #handOutRest({ executionId, outputComplete, incompleteReason = '', ...texts }: ExecutionOutput): Promise<void> {
    const printed = await this.#printedBy(executionId);
    if (printed.isMarked || (this.#isWhole && !outputComplete)) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = printed.position[stream].skipper()(texts[stream]);
      if (text !== '') await this.#handOut({ stream, text, executionId });
    }
    if (!outputComplete) await this.#mark(executionId, incompleteReason);
  }

  #mark(executionId: string, incompleteReason: string): Promise<void> {
    return this.#handOut({ stream: 'stdout', text: '', executionId, incomplete: true, incompleteReason });
  }
}
