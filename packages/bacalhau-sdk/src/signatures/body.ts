import { InvalidArgumentError } from '../errors/index.js';
import { LONGEST_TIMER_MS, messageOf, utf8 } from '../util/index.js';
import { isBytes, wrongType } from './check-arguments.js';
import { SignatureError } from './errors.js';

/** A body: whole, or as a stream of Node or the web. */
export type RequestBody = Uint8Array | string | AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array>;

/** A body, or a function that returns it, which is called only for a request whose signature is valid. */
export type BodySource = RequestBody | null | undefined | (() => RequestBody | null | Promise<RequestBody | null>);

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const EXPECTED = 'a string, a Uint8Array, a stream, or a function that returns one';

/**
 * Checks the type of a body.
 *
 * @throws {InvalidArgumentError}
 */
export function checkBody(body: unknown): void {
  if (body === undefined || body === null || typeof body === 'function' || isBody(body)) return;
  throw wrongType('request.body', EXPECTED, body);
}

/**
 * Reads a body within its limits. A stream that exceeds them is neither read further nor closed, so that its connection
 * can still carry a response.
 *
 * @throws {SignatureError} if it is too large, does not arrive in time, or breaks off.
 */
export async function readBody(source: BodySource, limits: BodyLimits): Promise<Uint8Array> {
  const late = new SignatureError('unread-body', `The body did not arrive within ${limits.timeoutMs} ms.`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late), Math.min(limits.timeoutMs, LONGEST_TIMER_MS));
  });
  const inTime = <T>(work: T | PromiseLike<T>): Promise<T> => Promise.race([work, timeout]);
  try {
    const body: unknown = typeof source === 'function' ? await inTime(source()) : source;
    if (body === undefined || body === null) return new Uint8Array();
    if (!isBody(body)) throw wrongType('request.body', EXPECTED, body);
    if (typeof body === 'string' || isBytes(body)) return bounded(bytesOf(body), limits.maxBytes);
    return await readAll('getReader' in body ? chunksOf(body) : body, limits.maxBytes, inTime);
  } catch (error) {
    if (error instanceof SignatureError || error instanceof InvalidArgumentError) throw error;
    throw new SignatureError('unread-body', `The body could not be read: ${messageOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(
  chunks: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
  inTime: <T>(work: T | PromiseLike<T>) => Promise<T>,
): Promise<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  // One buffer that grows: a body that is sent byte by byte would take a hundred times its size in chunks.
  let whole = new Uint8Array(0);
  let length = 0;
  for (;;) {
    const { done, value } = await inTime(iterator.next());
    if (done) return whole.subarray(0, length);
    const chunk = bytesOf(value);
    if (length + chunk.length > maxBytes) throw tooLarge(maxBytes);
    if (length + chunk.length > whole.length) {
      const larger = new Uint8Array(Math.min(maxBytes, Math.max(2 * whole.length, length + chunk.length)));
      larger.set(whole.subarray(0, length));
      whole = larger;
    }
    whole.set(chunk, length);
    length += chunk.length;
  }
}

/** Reads the chunks of a stream by its reader: not every runtime can iterate over one, and iterating would close it. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return utf8(chunk);
  if (isBytes(chunk)) return chunk;
  throw wrongType('request.body', 'a stream of bytes or strings', chunk);
}

function bounded(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

export const tooLarge = (maxBytes: number): SignatureError =>
  new SignatureError('too-large', `The body is larger than ${maxBytes} bytes.`);

const isBody = (body: unknown): body is RequestBody =>
  typeof body === 'string' ||
  isBytes(body) ||
  (typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || 'getReader' in body));
