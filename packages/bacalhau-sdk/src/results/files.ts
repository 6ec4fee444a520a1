import { DownloadError } from '../errors/index.js';
import type { Entry } from './archive.js';
import { entriesOf } from './entries.js';
import { findResults, type ResultsTarget, requireResults } from './find.js';
import { LimitCounter } from './limit-counter.js';
import { sourceOf } from './sources/index.js';
import type { ResultSource } from './sources/source.js';
import { abortError, beginTransfer, type TransferContext } from './transfer-context.js';
import type { ListResultsOptions, ResultFile, S3PreSignedResult, TransferOptions, TypedResult } from './types.js';

/** A result and how to fetch it. */
export interface OpenResult {
  readonly result: TypedResult;
  readonly source: ResultSource;
}

/** Reads the files of a job's results: see `resultFiles`. */
export async function* readFiles(
  target: ResultsTarget,
  options: TransferOptions,
): AsyncGenerator<ResultFile, void, undefined> {
  const meter = new LimitCounter(options.limits);
  const context = beginTransfer('job.files', target.transport, options);
  try {
    for (const { result, source } of await openResults(target, options, context)) {
      for await (const entry of entriesOf(source, context, meter, () => undefined)) {
        if (entry.kind === 'directory') continue;
        const file = new EntryFile(entry, result.executionId);
        try {
          yield file;
        } finally {
          // Also when the loop is left, as by `return file.text()`: what is being read must not end early.
          await file.pass();
        }
      }
    }
  } catch (error) {
    throw abortError(context.deadline) ?? error;
  } finally {
    context.deadline.abort('closed');
    context.deadline.release();
  }
}

/** All results of the job and how to fetch them; whatever is missing in the options shows before the first byte is fetched. */
export async function openResults(
  target: ResultsTarget,
  options: TransferOptions,
  context: TransferContext,
): Promise<OpenResult[]> {
  const { transport } = target;
  const asking: ListResultsOptions = { signal: context.deadline.signal, executionId: options.executionId };
  const env = transport.env;
  const results = await requireResults(target, asking);
  const renew = async (expired: S3PreSignedResult): Promise<S3PreSignedResult> => {
    const again = await findResults(target, asking);
    return again.filter((result) => result.type === 's3PreSigned').find((result) => isSame(result, expired)) ?? expired;
  };
  const opened: OpenResult[] = [];
  for (const [index, result] of results.entries()) {
    const name = result.executionId === undefined ? `result ${index + 1}` : `the result of ${result.executionId}`;
    opened.push({ result, source: await sourceOf(result, name, { options, env, context, renew }) });
  }
  return opened;
}

/** What a URL points to is the same before and after it was signed anew. */
const isSame = (one: S3PreSignedResult, other: S3PreSignedResult): boolean =>
  new URL(one.url).pathname === new URL(other.url).pathname;

class EntryFile implements ResultFile {
  readonly path: string;
  readonly executionId?: string;
  readonly size: number;
  readonly mode?: number;
  #content: AsyncIterable<Uint8Array> | undefined;
  #reading: Promise<Uint8Array> | undefined;
  #passed = false;

  constructor(entry: Entry, executionId: string | undefined) {
    this.path = entry.path.join('/');
    this.size = entry.size;
    if (executionId !== undefined) this.executionId = executionId;
    if (entry.mode !== undefined) this.mode = entry.mode & 0o777;
    this.#content = entry.content;
  }

  /** The loop goes on: what is being read as a whole is read to its end, and nothing else after that. */
  async pass(): Promise<void> {
    await this.#reading?.catch(() => undefined); // Who asked for it hears of a failure.
    this.#passed = true;
    this.#content = undefined;
  }

  stream(): ReadableStream<Uint8Array> {
    const iterator = this.#take()[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          await iterator.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }

  async bytes(): Promise<Uint8Array> {
    const content = this.#take();
    this.#reading = this.#join(content);
    return this.#reading;
  }

  async #join(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of content) {
      chunks.push(chunk);
      size += chunk.length;
    }
    const bytes = new Uint8Array(size);
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  #take(): AsyncIterable<Uint8Array> {
    const content = this.#content;
    this.#content = undefined;
    if (content !== undefined) return this.#whole(content);
    throw this.#gone();
  }

  /** A stream that the loop left behind breaks off: a part must not look like the whole. */
  async *#whole(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let left = this.size;
    for await (const chunk of content) {
      left -= chunk.length;
      yield chunk;
    }
    if (left > 0 && this.#passed) throw this.#gone();
  }

  #gone(): DownloadError {
    return new DownloadError(
      this.#passed
        ? `${this.path} has gone by: read a file before the loop asks for the next one.`
        : `${this.path} was read already: its content comes once.`,
      { reason: 'gone', entry: this.path },
    );
  }
}
