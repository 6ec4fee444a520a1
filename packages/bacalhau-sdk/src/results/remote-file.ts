import { platform } from '#platform';
import { DownloadError } from '../errors/index.js';
import { BrokenConnection, type ExternalRequest, type ExternalResponse } from '../external/index.js';
import { downloadPolicy } from '../http/index.js';
import { excerpt } from '../redaction/index.js';
import { base64, sleep } from '../util/index.js';
import { explainBroken, explainStatus } from './fetch-errors.js';
import { toReachable } from './reachable-host.js';
import { ResultConnection } from './result-connection.js';
import { type TransferContext, throwIfAborted } from './transfer-context.js';

/** A file on a result host, and how to request it. */
export interface RemoteFile {
  /** For messages, for example `the result of e-1234`. */
  readonly name: string;
  /** Creates the request of each attempt, because signatures expire. With `renew`, after a refusal, with a new URL. */
  request(renew: boolean): Promise<ExternalRequest>;
  /** Whether `request(true)` can get another URL. */
  readonly renewable: boolean;
  /** In bytes, where that is known before. */
  readonly size?: number | undefined;
  /** SHA-256 in base64, where that is known before. */
  readonly checksumSha256?: string | undefined;
  /** Whether to retry after a 500: a busy store sends it, but an IPFS node that does not have the content does too. */
  readonly retries500: boolean;
}

/** A file that is being received. */
export interface Incoming {
  readonly totalBytes: number | undefined;
  /** How the host encoded the content, if it did although it was asked not to. */
  readonly encoding: string | undefined;
  /** The whole content, once; broken connections continue where they broke. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Closes the connection, however much has arrived. */
  close(): void;
}

/** How many bytes have to arrive before the count of failures is reset. */
const PROGRESS_BYTES = 1024 * 1024;
/** How much of an error's body is read; S3 and IPFS report there what is wrong. */
const LONGEST_ERROR_BODY = 4096;

/** Requests a file; resolves as soon as a response has begun well. */
export async function receive(file: RemoteFile, context: TransferContext): Promise<Incoming> {
  const transfer = new Transfer(file, context);
  const first = await transfer.begin();
  const encoding = first.response.headers['content-encoding']?.trim();
  return {
    totalBytes: transfer.totalBytes,
    encoding: encoding === '' || encoding?.toLowerCase() === 'identity' ? undefined : encoding,
    chunks: transfer.chunks(first),
    close: () => transfer.close(),
  };
}

class Transfer {
  totalBytes: number | undefined;
  readonly #file: RemoteFile;
  readonly #context: TransferContext;
  #connection: ResultConnection | undefined;
  #validator: string | undefined;
  #offset = 0;
  #failures = 0;
  #sinceFailure = 0;
  #renewed = false;
  #closed = false;

  constructor(file: RemoteFile, context: TransferContext) {
    this.#file = file;
    this.#context = context;
    this.totalBytes = file.size;
  }

  async begin(): Promise<ResultConnection> {
    const connection = await this.#connect();
    const { headers } = connection.response;
    // Browsers may have decompressed the content already, and then the header has another length.
    const length = headers['content-encoding'] === undefined ? lengthOf(headers['content-length']) : undefined;
    if (this.#file.size !== undefined && length !== undefined && length !== this.#file.size) {
      throw this.#error('changed', `has ${length} bytes, but was listed with ${this.#file.size}: download it again`);
    }
    this.totalBytes ??= length;
    this.#validator = validatorOf(headers);
    return connection;
  }

  async *chunks(first: ResultConnection): AsyncGenerator<Uint8Array, void, undefined> {
    const hash = this.#file.checksumSha256 === undefined ? undefined : platform.sha256();
    let connection = first;
    try {
      for (;;) {
        let skip = connection.skip;
        try {
          for await (const received of connection.chunks()) {
            const chunk = skip === 0 ? received : received.subarray(Math.min(skip, received.length));
            skip -= Math.min(skip, received.length);
            if (chunk.length === 0) continue;
            this.#recordArrival(chunk.length);
            hash?.update(chunk);
            yield chunk;
          }
          if (this.totalBytes === undefined || this.#offset === this.totalBytes) break;
          if (this.#offset > this.totalBytes)
            throw this.#error('damaged', 'is longer than announced: download it again');
          throw new BrokenConnection(`ended after ${this.#offset} of ${this.totalBytes} bytes`, undefined);
        } catch (error) {
          throwIfAborted(this.#context);
          if (this.#closed || !(error instanceof BrokenConnection)) throw error;
          await this.#pause(explainBroken(this.#file.name, connection.url, error));
          connection = await this.#connect();
        }
      }
      const digest = hash?.digest();
      if (digest !== undefined && base64(digest) !== this.#file.checksumSha256) {
        throw this.#error('damaged', 'does not match its SHA-256 checksum: download it again');
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
  }

  #recordArrival(count: number): void {
    this.#offset += count;
    this.#sinceFailure += count;
    if (this.#sinceFailure >= PROGRESS_BYTES) this.#failures = 0;
    this.#context.onBytes(count);
  }

  /** Sends requests until a response continues where the last one stopped. */
  async #connect(): Promise<ResultConnection> {
    let renew = false;
    for (;;) {
      throwIfAborted(this.#context);
      const request = await this.#file.request(renew);
      renew = false;
      const connection = new ResultConnection(toReachable(request, this.#context.hosts), this.#context);
      this.#connection = connection;
      try {
        await connection.open(this.#range());
      } catch (error) {
        connection.close();
        throwIfAborted(this.#context);
        if (!(error instanceof BrokenConnection)) throw error;
        await this.#pause(explainBroken(this.#file.name, connection.url, error));
        continue;
      }
      const { status, headers } = connection.response;
      if (status === 200 || status === 206) {
        connection.skip = this.#skipOf(connection.response);
        return connection;
      }
      const body = await connection.text(LONGEST_ERROR_BODY);
      connection.close();
      throwIfAborted(this.#context);
      if (status === 416)
        throw this.#error('changed', 'is shorter than before, so it was replaced meanwhile: download it again');
      const error = explainStatus(this.#file.name, connection.url, status, excerpt(body, connection.secrets));
      if (error.reason === 'refused' && this.#file.renewable && !this.#renewed) {
        // A URL that was valid when the results were listed may have expired since.
        this.#renewed = true;
        renew = true;
      } else if (downloadPolicy.isRetryable(status, this.#file)) {
        await this.#pause(error, headers['retry-after']);
      } else {
        throw error;
      }
    }
  }

  #range(): Readonly<Record<string, string>> {
    if (this.#offset === 0) return {};
    return {
      range: `bytes=${this.#offset}-`,
      ...(this.#validator !== undefined && { 'if-range': this.#validator }),
    };
  }

  /** Returns how many bytes of the response were received before. */
  #skipOf({ status, headers }: ExternalResponse): number {
    if (this.#offset === 0) {
      if (status !== 206) return 0;
      throw this.#error('http', 'came as a part, although all of it was requested: ask the operator of the host');
    }
    const validator = validatorOf(headers);
    if (this.#validator !== undefined && validator !== undefined && validator !== this.#validator) {
      throw this.#error('changed', 'was replaced between two attempts: download it again');
    }
    if (status === 206) {
      const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
      if (lengthOf(start) === this.#offset) {
        this.totalBytes ??= lengthOf(total);
        // Without any, nobody knows whether this range reaches the end.
        if (this.totalBytes !== undefined && (total === '*' || lengthOf(total) === this.totalBytes)) return 0;
      }
      throw this.#error('damaged', 'came with another range than was requested: download it again');
    }
    const length = headers['content-encoding'] === undefined ? lengthOf(headers['content-length']) : undefined;
    if (this.totalBytes !== undefined && length !== undefined && length !== this.totalBytes) {
      throw this.#error('changed', 'has another length than before: download it again');
    }
    return this.#offset;
  }

  async #pause(error: DownloadError, retryAfter?: string): Promise<void> {
    this.#failures += 1;
    this.#sinceFailure = 0;
    if (this.#failures > this.#context.maxRetries) throw error;
    const delayMs = downloadPolicy.delayMs(this.#failures, retryAfter);
    if (delayMs >= this.#context.deadline.remainingMs()) throw error;
    await sleep(delayMs, this.#context.deadline.signal);
    throwIfAborted(this.#context);
  }

  #error(reason: 'changed' | 'damaged' | 'http', problem: string): DownloadError {
    return new DownloadError(`${capitalised(this.#file.name)} ${problem}.`, { reason });
  }
}

/** Returns what changes with the content: a strong ETag, else the time of modification (RFC 9110, 13.1.5). */
function validatorOf(headers: ExternalResponse['headers']): string | undefined {
  const etag = headers['etag'];
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
}

const lengthOf = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
