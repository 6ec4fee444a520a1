import { DownloadError } from '../errors/index.js';
import { concatBytes } from '../util/index.js';
import type { Entry } from './entries.js';
import type { ResultFile } from './types.js';

/** An entry of a result, to be read once. */
export class EntryFile implements ResultFile {
  readonly path: string;
  readonly executionId?: string;
  readonly size: number;
  readonly mode?: number;
  readonly #end: () => Promise<void>;
  #content: AsyncIterable<Uint8Array> | undefined;
  #reading: Promise<Uint8Array> | undefined;
  #isFinished = false;

  /** `end` is called once the content was read or given up. */
  constructor(entry: Entry, executionId: string | undefined, end: () => Promise<void> = async () => undefined) {
    this.#end = end;
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
    const end = this.#end;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const { done, value } = await iterator.next();
            if (!done) return controller.enqueue(value);
          } catch (error) {
            await end();
            throw error;
          }
          await end();
          controller.close();
        },
        async cancel() {
          await end();
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
    try {
      for await (const chunk of content) chunks.push(chunk);
    } finally {
      await this.#end();
    }
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
