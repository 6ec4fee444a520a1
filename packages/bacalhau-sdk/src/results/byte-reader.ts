import { concatBytes } from '../util/index.js';

/** Thrown where more bytes were expected than came. */
export class TruncatedError extends Error {
  constructor() {
    super('it is truncated');
  }
}

/** Reads chunks of any length in the lengths that are wanted. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Returns so many bytes; fewer where the chunks end, and keeps them for the next read. */
  async peek(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [this.#rest];
    let available = this.#rest.length;
    while (available < length) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      available += value.length;
    }
    if (parts.length > 1) this.#rest = concatBytes(parts);
    return this.#rest.subarray(0, length);
  }

  /** @throws {TruncatedError} if the chunks end before. */
  async exactly(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw new TruncatedError();
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  /** Returns what is there, of a length up to the given one; undefined at the end. */
  async atMost(length: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return undefined;
      this.#rest = value;
    }
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  /** Yields the remaining bytes. */
  async *remaining(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = await this.atMost(Number.POSITIVE_INFINITY);
      if (chunk === undefined) return;
      yield chunk;
    }
  }
}
