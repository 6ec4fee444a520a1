import { throwIfAborted } from '../util/index.js';
import { EntryBuffer } from './buffer.js';
import type { StreamItem } from './execution-stream.js';
import { type JobLogsOptions, readJob } from './job-logs.js';
import { EntryLineJoiner } from './lines.js';
import type { LogEntry } from './options.js';

/** How many entries are taken from the buffer at once. */
const BATCH = 64;

/** Hands out the entries that the job's streams read. Nothing is sent before the first entry is asked for. */
export class LogReader implements AsyncIterableIterator<LogEntry> {
  readonly #buffer: EntryBuffer<StreamItem>;
  readonly #stopper = new AbortController();
  readonly #entries: AsyncGenerator<LogEntry, void, undefined>;

  constructor(job: Omit<JobLogsOptions, 'buffer' | 'stopper'>) {
    const { limits, options } = job;
    this.#buffer = new EntryBuffer({ items: limits.bufferedFrames, units: limits.bufferedUnits });
    this.#entries = this.#generate(() => this.#start(job), options.lines ?? false);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<LogEntry, void>> {
    return this.#entries.next();
  }

  /** Ends the reading at once, even while an entry is being waited for. */
  return(): Promise<IteratorResult<LogEntry, void>> {
    this.#stopper.abort();
    this.#buffer.end();
    return this.#entries.return();
  }

  async *#generate(start: () => Promise<void>, lines: boolean): AsyncGenerator<LogEntry, void, undefined> {
    if (this.#stopper.signal.aborted) return;
    const reading = start();
    const joiner = new EntryLineJoiner();
    try {
      for (;;) {
        const items = await this.#buffer.take(BATCH);
        if (items.length === 0) return;
        for (const item of items) {
          if ('endOf' in item) yield* joiner.end(item.endOf);
          else if (lines) yield* joiner.push(item);
          else yield item;
        }
      }
    } finally {
      this.#stopper.abort();
      await reading;
    }
  }

  /** Reads into the buffer. Never rejects: a failure reaches the reader through the buffer. */
  async #start(job: Omit<JobLogsOptions, 'buffer' | 'stopper'>): Promise<void> {
    const buffer = this.#buffer;
    const stopper = this.#stopper;
    try {
      await job.transport.withDeadline('job.logs', { signal: job.options.signal }, async (signal) => {
        // The caller of an aborted read gets the error now, not when everything is closed.
        const onAbort = (): void => {
          buffer.clear();
          stopper.abort();
        };
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
        try {
          await readJob({ ...job, buffer, stopper });
          throwIfAborted(signal);
        } finally {
          signal.removeEventListener('abort', onAbort);
        }
      });
      buffer.end();
    } catch (error) {
      buffer.end({ error });
    }
  }
}
