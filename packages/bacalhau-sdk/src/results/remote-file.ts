import { platform } from '#platform';
import { DownloadError } from '../errors/index.js';
import {
  BrokenConnection,
  downloadPolicy,
  type ExternalRequest,
  type ExternalResponse,
  fetchExternal,
  hasAuthorization,
} from '../http/index.js';
import { sleep } from '../util/index.js';
import { explainBroken, explainStatus } from './fetch-errors.js';
import { type TransferContext, throwIfAborted } from './transfer-context.js';

/** A file somewhere on the network, and how to ask for it. */
export interface RemoteFile {
  /** For messages: what is asked, for example `the result of e-1234`. */
  readonly name: string;
  /** Made anew for every attempt, because signatures age. `renew` after a refusal: ask the server for another URL. */
  request(renew: boolean): Promise<ExternalRequest>;
  /** Whether `request(true)` can bring something new. */
  readonly renewable: boolean;
  /** How long it is, where that is known before. */
  readonly size?: number | undefined;
  /** SHA-256 in base64, where that is known before. */
  readonly checksumSha256?: string | undefined;
  /** Whether a 500 is worth another try: a busy store's is, an IPFS node's means that it does not have it. */
  readonly retries500: boolean;
}

/** A file that is being received. */
export interface Incoming {
  readonly totalBytes: number | undefined;
  /** The whole content, once; connections that break are made again where it stopped. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Ends the connection, wherever it is. */
  close(): void;
}

/** So much has to arrive before a broken connection is forgiven. */
const PROGRESS_THAT_COUNTS = 1024 * 1024;
/** Of an error's body; S3 and IPFS say there what is wrong. */
const LONGEST_ERROR_BODY = 4096;
/** For an error's body; the status alone says enough. */
const PATIENCE_WITH_ERRORS_MS = 2_000;

/** Asks for a file; resolves as soon as the first answer is a good one. */
export async function receive(file: RemoteFile, context: TransferContext): Promise<Incoming> {
  const transfer = new Transfer(file, context);
  const first = await transfer.begin();
  return { totalBytes: transfer.totalBytes, chunks: transfer.chunks(first), close: () => transfer.close() };
}

class Transfer {
  totalBytes: number | undefined;
  readonly #file: RemoteFile;
  readonly #context: TransferContext;
  #connection: Connection | undefined;
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

  async begin(): Promise<Connection> {
    const connection = await this.#connect();
    const { headers } = connection.answer;
    // Browsers may have unpacked the content already, and then the header tells another length.
    const length = headers['content-encoding'] === undefined ? lengthOf(headers['content-length']) : undefined;
    if (this.#file.size !== undefined && length !== undefined && length !== this.#file.size) {
      throw this.#error('changed', `has ${length} bytes now; it was listed with ${this.#file.size}`);
    }
    this.totalBytes ??= length;
    this.#validator = validatorOf(headers);
    return connection;
  }

  async *chunks(first: Connection): AsyncGenerator<Uint8Array, void, undefined> {
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
            this.#arrived(chunk.length);
            hash?.update(chunk);
            yield chunk;
          }
          if (this.totalBytes === undefined || this.#offset === this.totalBytes) break;
          if (this.#offset > this.totalBytes) throw this.#error('damaged', 'is longer than announced');
          throw new BrokenConnection(`ended after ${this.#offset} of ${this.totalBytes} bytes`, undefined);
        } catch (error) {
          throwIfAborted(this.#context);
          if (this.#closed || !(error instanceof BrokenConnection)) throw error;
          await this.#pause(explainBroken(this.#file.name, connection.url, error));
          connection = await this.#connect();
        }
      }
      const digest = hash?.digest();
      if (digest !== undefined && digest !== this.#file.checksumSha256) {
        throw this.#error('damaged', 'does not match its SHA-256 checksum: fetch it again');
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
  }

  #arrived(count: number): void {
    this.#offset += count;
    this.#sinceFailure += count;
    if (this.#sinceFailure >= PROGRESS_THAT_COUNTS) this.#failures = 0;
    this.#context.onBytes(count);
  }

  /** Asks until there is an answer that continues where the last one stopped. */
  async #connect(): Promise<Connection> {
    let renew = false;
    for (;;) {
      throwIfAborted(this.#context);
      const request = await this.#file.request(renew);
      renew = false;
      const connection = new Connection(toReachable(request, this.#context.hosts), this.#context);
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
      const { status, headers } = connection.answer;
      if (status === 200 || status === 206) {
        connection.skip = this.#skipOf(connection.answer);
        return connection;
      }
      const said = await connection.text(LONGEST_ERROR_BODY);
      connection.close();
      throwIfAborted(this.#context);
      if (status === 416) throw this.#error('changed', 'is shorter than before: it was replaced meanwhile');
      const error = explainStatus(this.#file.name, connection.url, status, said);
      if (error.reason === 'refused' && this.#file.renewable && !this.#renewed) {
        // A URL that was good when the results were listed may have expired on the way.
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

  /** How much of the answer is known already. */
  #skipOf({ status, headers }: ExternalResponse): number {
    if (this.#offset === 0) return 0;
    const validator = validatorOf(headers);
    if (this.#validator !== undefined && validator !== undefined && validator !== this.#validator) {
      throw this.#error('changed', 'was replaced between two attempts: fetch it again');
    }
    if (status === 206) {
      const start = lengthOf(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1]);
      if (start === this.#offset) return 0;
      throw this.#error('damaged', 'came back with another part than was asked for');
    }
    const length = headers['content-encoding'] === undefined ? lengthOf(headers['content-length']) : undefined;
    if (this.totalBytes !== undefined && length !== undefined && length !== this.totalBytes) {
      throw this.#error('changed', 'has another length than before: fetch it again');
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

  #error(reason: 'changed' | 'damaged', problem: string): DownloadError {
    return new DownloadError(`${capitalised(this.#file.name)} ${problem}.`, { reason });
  }
}

/** One request and its answer. */
class Connection {
  readonly url: string;
  /** Bytes at the beginning of the answer that were received before. */
  skip = 0;
  readonly #request: ExternalRequest;
  readonly #context: TransferContext;
  readonly #controller = new AbortController();
  readonly #onCut = (): void => this.#controller.abort();
  #answer: ExternalResponse | undefined;
  #stalled = false;

  constructor(request: ExternalRequest, context: TransferContext) {
    this.#request = request;
    this.#context = context;
    this.url = withoutSecrets(request.url);
    if (context.deadline.signal.aborted) this.#controller.abort();
    context.deadline.signal.addEventListener('abort', this.#onCut, { once: true });
  }

  get answer(): ExternalResponse {
    if (this.#answer === undefined) throw new TypeError('The connection is not open.');
    return this.#answer;
  }

  async open(range: Readonly<Record<string, string>>): Promise<void> {
    const headers = { ...platform.transferHeaders, ...this.#request.headers, ...range };
    this.#answer = await this.#unlessStalled(async () => {
      return fetchExternal(this.#context.transport, { ...this.#request, headers }, this.#controller.signal);
    });
  }

  async *chunks(patienceMs?: number): AsyncGenerator<Uint8Array, void, undefined> {
    const iterator = this.answer.body[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#unlessStalled(() => iterator.next(), patienceMs);
      if (done) return;
      yield value;
    }
  }

  /** The beginning of the body, for a message. */
  async text(most: number): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.chunks(PATIENCE_WITH_ERRORS_MS)) {
        text += decoder.decode(chunk, { stream: true });
        if (text.length >= most) break;
      }
    } catch (error) {
      if (!(error instanceof BrokenConnection)) throw error;
    }
    return text.slice(0, most);
  }

  close(): void {
    this.#context.deadline.signal.removeEventListener('abort', this.#onCut);
    this.#controller.abort();
  }

  /** Only the time that the other side lets us wait counts, not the time that our reader takes. */
  async #unlessStalled<T>(wait: () => Promise<T>, patienceMs = Number.POSITIVE_INFINITY): Promise<T> {
    const stallTimeoutMs = Math.min(this.#context.stallTimeoutMs, patienceMs);
    const timer =
      stallTimeoutMs < 2 ** 31
        ? setTimeout(() => {
            this.#stalled = true;
            this.#controller.abort();
          }, stallTimeoutMs)
        : undefined;
    try {
      return await wait();
    } catch (error) {
      if (this.#stalled) throw new BrokenConnection(`nothing came for ${stallTimeoutMs} ms`, 'ETIMEDOUT');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Puts what this machine can reach in place of the host that a result names. */
function toReachable(request: ExternalRequest, hosts: Readonly<Record<string, string>>): ExternalRequest {
  const url = new URL(request.url);
  const known = [url.host, url.hostname].find((name) => Object.hasOwn(hosts, name));
  const other = known === undefined ? undefined : hosts[known];
  if (other === undefined) return request;
  const to = new URL(other.includes('://') ? other : `${url.protocol}//${other}`);
  // A name for a name keeps the port.
  if (known === url.hostname && to.port === '' && !other.includes('://')) to.port = url.port;
  // A relay may have its own place below an address.
  to.pathname = `${to.pathname.replace(/\/$/, '')}${url.pathname}`;
  to.search = url.search;
  // What is signed is signed for the host as the signer knows it.
  const host = isSigned(url, request.headers) ? { host: url.host } : {};
  return { ...request, url: to.href, headers: { ...request.headers, ...host } };
}

const isSigned = (url: URL, headers: ExternalRequest['headers']): boolean =>
  [...url.searchParams.keys()].some((name) => name.toLowerCase() === 'x-amz-signature') || hasAuthorization(headers);

/** Of these two a server promises that they change with the content; a weak ETag does not count (RFC 9110, 13.1.5). */
function validatorOf(headers: ExternalResponse['headers']): string | undefined {
  const etag = headers['etag'];
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
}

const lengthOf = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
