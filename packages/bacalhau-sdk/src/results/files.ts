import { DownloadError } from '../errors/index.js';
import { isFileName, quoteName } from '../model/index.js';
import { concatBytes } from '../util/index.js';
import { type Entry, entriesOf } from './entries.js';
import { findResults, type ResultsTarget, requireResults } from './find.js';
import { LimitCounter } from './limit-counter.js';
import { sourceOf } from './sources/index.js';
import type { ResultSource } from './sources/source.js';
import { beginTransfer, type TransferContext, transferFailure } from './transfer-context.js';
import type {
  ListResultsOptions,
  ResultFile,
  S3PreSignedResult,
  SkippedEntry,
  TransferOptions,
  TypedResult,
} from './types.js';

/** A result and where its files come from. */
export interface OpenResult {
  readonly result: TypedResult;
  readonly source: ResultSource;
}

/** Reads the files of a job's results: see `resultFiles`. */
export async function* readFiles(
  target: ResultsTarget,
  options: TransferOptions,
): AsyncGenerator<ResultFile, void, undefined> {
  const limits = new LimitCounter(options.limits);
  const context = beginTransfer('job.files', target.transport, options);
  try {
    for (const { result, source } of await openResults(target, options, context)) {
      const { executionId } = result;
      const reading = {
        context,
        limits,
        onUnsafeEntry: options.onUnsafeEntry,
        onSkipped: (entry: SkippedEntry) =>
          options.onSkipped?.({ ...entry, ...(executionId !== undefined && { executionId }) }),
        announce: () => undefined,
      };
      for await (const entry of entriesOf(source, reading)) {
        if (entry.kind === 'directory') continue;
        const file = new EntryFile(entry, executionId);
        try {
          yield file;
        } finally {
          // Also when the loop is left, as by `return file.text()`: a read in progress must finish.
          await file.finish();
        }
      }
    }
  } catch (error) {
    throw transferFailure(context, error);
  } finally {
    context.deadline.abort('closed');
    context.deadline.release();
  }
}

/** Finds all results of the job and how to fetch them. Missing options are reported before the first byte is fetched. */
export async function openResults(
  target: ResultsTarget,
  options: TransferOptions,
  context: TransferContext,
): Promise<OpenResult[]> {
  const { transport } = target;
  const listOptions: ListResultsOptions = { signal: context.deadline.signal, executionId: options.executionId };
  const env = transport.env;
  const results = await requireResults(target, listOptions);
  const renew = async (expired: S3PreSignedResult): Promise<S3PreSignedResult> => {
    const again = await findResults(target, listOptions);
    for (const result of again) if (result.type === 's3PreSigned') context.secrets.addQuery(result.url);
    return again.filter((result) => result.type === 's3PreSigned').find((result) => isSame(result, expired)) ?? expired;
  };
  const opened: OpenResult[] = [];
  for (const [index, result] of results.entries()) {
    if ('url' in result) context.secrets.addQuery(result.url);
    const name =
      result.executionId === undefined
        ? `result ${index + 1}`
        : `the result of ${checkExecutionId(result.executionId)}`;
    opened.push({ result, source: await sourceOf(result, name, { options, env, context, renew }) });
  }
  return opened;
}

/**
 * Checks an id that becomes the name of a folder, here or in the programs that get it.
 *
 * @throws {DownloadError} with reason `unsafe-entry`.
 */
function checkExecutionId(executionId: string): string {
  if (isFileName(executionId)) return executionId;
  throw new DownloadError(
    `The server named an execution ${quoteName(executionId)}, which cannot be the name of a folder, so its result was refused. Check the address of the server.`,
    { reason: 'unsafe-entry', entry: executionId.slice(0, 4_096) },
  );
}

/** Compares presigned URLs without their queries: signing again changes nothing else. */
const isSame = (one: S3PreSignedResult, other: S3PreSignedResult): boolean => {
  const path = pathOf(one.url);
  return path !== undefined && path === pathOf(other.url);
};

const pathOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).pathname : undefined);

class EntryFile implements ResultFile {
  readonly path: string;
  readonly executionId?: string;
  readonly size: number;
  readonly mode?: number;
  #content: AsyncIterable<Uint8Array> | undefined;
  #reading: Promise<Uint8Array> | undefined;
  #isFinished = false;

  constructor(entry: Entry, executionId: string | undefined) {
    this.path = entry.path.join('/');
    this.size = entry.size;
    if (executionId !== undefined) this.executionId = executionId;
    if (entry.mode !== undefined) this.mode = entry.mode & 0o777;
    this.#content = entry.content;
  }

  /** Completes a read in progress and refuses further ones: the loop continues. */
  async finish(): Promise<void> {
    await this.#reading?.catch(() => undefined); // Its caller gets the failure.
    this.#isFinished = true;
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
    this.#reading = this.#readAll(content);
    return this.#reading;
  }

  async #readAll(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return concatBytes(chunks);
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  #take(): AsyncIterable<Uint8Array> {
    const content = this.#content;
    this.#content = undefined;
    if (content !== undefined) return this.#whileCurrent(content);
    throw this.#gone();
  }

  /** Ends the stream of a file that the loop has left with an error: a part must not look like the whole. */
  async *#whileCurrent(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let remaining = this.size;
    for await (const chunk of content) {
      remaining -= chunk.length;
      yield chunk;
    }
    if (remaining > 0 && this.#isFinished) throw this.#gone();
  }

  #gone(): DownloadError {
    return new DownloadError(
      this.#isFinished
        ? `${this.path} can no longer be read. Read a file before the loop continues with the next one.`
        : `${this.path} was read already. Keep its content: it can be read only once.`,
      { reason: 'gone', entry: this.path },
    );
  }
}
