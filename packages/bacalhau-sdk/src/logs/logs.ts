import type { Execution } from 'bacalhau-apiclient';
import { checkIdentifier } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { EntryBuffer } from './buffer.js';
import { ExecutionStream, type StreamItem } from './execution-stream.js';
import { JobMonitor, type WatchedExecution } from './job-monitor.js';
import { LIMITS, type LogLimits } from './limits.js';
import { LineJoiner } from './lines.js';
import type { FollowLogsOptions, LogEntry, LogTarget } from './options.js';

/** As many entries are handed over at once, between two looks at the buffer. */
const BATCH = 64;

/**
 * The output of a job. Nothing is sent before the first entry is asked for; each loop reads anew, and leaving it closes
 * everything that it opened.
 *
 * Entries of one execution come in its order, every one once, whatever the connection does. Those of several executions
 * are mixed as they come.
 */
export function followLogs(
  transport: Transport,
  target: LogTarget,
  options: FollowLogsOptions = {},
  limits: Partial<LogLimits> = {},
): AsyncIterable<LogEntry> {
  return { [Symbol.asyncIterator]: () => new LogReader(transport, target, options, { ...LIMITS, ...limits }) };
}

class LogReader implements AsyncIterableIterator<LogEntry> {
  readonly #buffer: EntryBuffer<StreamItem>;
  readonly #stopper = new AbortController();
  readonly #entries: AsyncGenerator<LogEntry, void, undefined>;

  constructor(transport: Transport, target: LogTarget, options: FollowLogsOptions, limits: LogLimits) {
    this.#buffer = new EntryBuffer({ items: limits.bufferedFrames, units: limits.bufferedUnits });
    this.#entries = this.#generate(() => this.#start(transport, target, options, limits), options.lines ?? false);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<LogEntry, void>> {
    return this.#entries.next();
  }

  /** At once, even while an entry is being waited for. */
  return(): Promise<IteratorResult<LogEntry, void>> {
    this.#stopper.abort();
    this.#buffer.end();
    return this.#entries.return();
  }

  async *#generate(start: () => Promise<void>, lines: boolean): AsyncGenerator<LogEntry, void, undefined> {
    if (this.#stopper.signal.aborted) return;
    const reading = start();
    try {
      const joiners = new Joiners();
      for (;;) {
        const items = await this.#buffer.take(BATCH);
        if (items.length === 0) return;
        for (const item of items) {
          if (lines) yield* joiners.push(item);
          else if ('text' in item) yield item;
        }
      }
    } finally {
      this.#stopper.abort();
      await reading;
    }
  }

  /** Reads into the buffer. Never rejects: a failure goes to the reader through the buffer. */
  async #start(transport: Transport, target: LogTarget, options: FollowLogsOptions, limits: LogLimits): Promise<void> {
    const reader = this.#stopper;
    try {
      await transport.withDeadline('job.logs', { signal: options.signal }, async (held) => {
        // An aborted caller hears of it now, not when everything is cleared away.
        const onAbort = (): void => {
          this.#buffer.drop();
          reader.abort();
        };
        held.addEventListener('abort', onAbort, { once: true });
        if (held.aborted) onAbort();
        try {
          await readJob({ transport, target, options, limits, buffer: this.#buffer, reader });
          held.throwIfAborted();
        } finally {
          held.removeEventListener('abort', onAbort);
        }
      });
      this.#buffer.end();
    } catch (error) {
      this.#buffer.end({ error });
    }
  }
}

interface Reading {
  readonly transport: Transport;
  readonly target: LogTarget;
  readonly options: FollowLogsOptions;
  readonly limits: LogLimits;
  readonly buffer: EntryBuffer<StreamItem>;
  readonly reader: AbortController;
}

/** Starts a stream for each execution, those that come later too, until there is nothing more to come. */
async function readJob({ transport, target, options, limits, buffer, reader }: Reading): Promise<void> {
  const { follow = false, tail = false, headers, onReconnect, results } = options;
  const cut = reader.signal;
  checkIdentifier(target.jobId, 'jobId');
  const namespace = target.namespace ?? transport.config.namespace;
  const watch = new JobMonitor({ transport, jobId: target.jobId, namespace, headers, limits, signal: cut });
  await watch.begin();
  const isWanted = selection(watch, options);
  if (tail && !follow) return; // Nothing is printed from now on until now.
  const parts = { transport, namespace, headers, limits, watch, buffer, follow, onReconnect, results };
  const jobId = watch.job?.ID ?? target.jobId;

  const streams = new Set<ExecutionStream>();
  // One listener for all: an AbortSignal warns of leaks when it has more than ten.
  const stop = (): void => {
    buffer.close();
    watch.stop();
    for (const stream of streams) stream.stop();
  };
  cut.addEventListener('abort', stop, { once: true });
  if (cut.aborted) stop();
  const seen = new Set<string>();
  const nodes = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    reader.abort();
  };
  const watching = watch.run().catch(fail);
  for (let first = true; !cut.aborted; first = false) {
    for (const { execution, status } of watch.executions) {
      if (seen.has(execution.ID) || !isWanted(execution) || !status.hasStarted) continue;
      seen.add(execution.ID);
      if (status.hasNoLog || (tail && first && status.hasEnded)) continue;
      const stream = new ExecutionStream({ ...parts, jobId }, execution.ID, { fromNow: tail && first });
      streams.add(stream);
      // A node serves one log stream at a time, so what this call wants of one node it asks for one after the other.
      const node = execution.NodeID;
      nodes.set(
        node,
        (nodes.get(node) ?? Promise.resolve())
          .then(() => stream.run())
          .catch(fail)
          .finally(() => streams.delete(stream)),
      );
    }
    if (!follow || isOver(watch, options, seen)) break;
    const before = watch.executions;
    await watch.until(() => changed(before, watch.executions) || isOver(watch, options, seen)).catch(fail);
  }
  await Promise.all(nodes.values());
  reader.abort();
  await watching;
  if (failures.length > 0) throw failures[0];
}

/** Which executions are to be read. */
function selection(watch: JobMonitor, options: FollowLogsOptions): (execution: Execution) => boolean {
  const { executionId, jobVersion, allJobVersions = false } = options;
  if (executionId !== undefined) {
    const matches = watch.executions.filter(({ execution }) => execution.ID.startsWith(executionId));
    const [match] = matches;
    if (match === undefined || executionId === '') {
      throw new InvalidArgumentError(
        'executionId',
        `is ${JSON.stringify(executionId)}, and the job has no such execution.`,
      );
    }
    if (matches.length > 1) {
      throw new InvalidArgumentError(
        'executionId',
        `is ${JSON.stringify(executionId)}, which begins the ids of several.`,
      );
    }
    return ({ ID }) => ID === match.execution.ID;
  }
  if (allJobVersions) return () => true;
  if (jobVersion !== undefined) return ({ JobVersion }) => JobVersion === jobVersion;
  // Servers before 1.8 know no versions. A version that comes while the job is followed is the job, too.
  const latest = watch.job?.Version ?? 0;
  return ({ JobVersion }) => JobVersion === undefined || JobVersion >= latest;
}

/** Whether no further execution is to be expected. Those that are being read go on to their end by themselves. */
function isOver(watch: JobMonitor, { executionId }: FollowLogsOptions, seen: ReadonlySet<string>): boolean {
  if (executionId !== undefined && seen.size > 0) return true;
  return watch.jobEnded && watch.executions.every(({ status }) => status.hasEnded);
}

function changed(before: readonly WatchedExecution[], after: readonly WatchedExecution[]): boolean {
  const started = (executions: readonly WatchedExecution[]) =>
    executions.filter(({ status }) => status.hasStarted).length;
  return started(before) !== started(after);
}

/** A line joiner for each stream of each execution. */
class Joiners {
  readonly #joiners = new Map<string, { readonly about: LogEntry; readonly joiner: LineJoiner }>();

  *push(item: StreamItem): Generator<LogEntry, void, undefined> {
    if ('endOf' in item) {
      for (const [key, { about, joiner }] of this.#joiners) {
        if (about.executionId !== item.endOf) continue;
        for (const text of joiner.end()) yield { ...about, text };
        this.#joiners.delete(key);
      }
      return;
    }
    const key = `${item.stream} ${item.executionId}`;
    const { joiner } = this.#joiners.get(key) ?? { joiner: new LineJoiner() };
    this.#joiners.set(key, { about: item, joiner });
    for (const text of joiner.push(item.text)) yield { ...item, text };
  }
}

export { copiedOutput, executionOutput } from './execution-output.js';
