import { InvalidArgumentError } from '../errors/index.js';
import type { CallOptions, ClientOptions } from './options.js';

const TIMEOUT_MS = 60_000;
const MAX_RETRIES = 2;
const MAX_RESPONSE_BYTES = 256 * 1024 * 1024;
/** V8 makes no longer string. */
const LONGEST_STRING = 2 ** 29 - 24;

/** What applies to a call that does not set it: the client's option, else the library's default. */
export class CallDefaults {
  readonly #timeoutMs: number;
  readonly #maxRetries: number;
  readonly #maxResponseBytes: number;

  /** @throws {InvalidArgumentError} */
  constructor({ timeoutMs, maxRetries, maxResponseBytes }: ClientOptions) {
    this.#timeoutMs = checkTimeout(timeoutMs) ?? TIMEOUT_MS;
    this.#maxRetries = checkRetries(maxRetries) ?? MAX_RETRIES;
    this.#maxResponseBytes = checkResponseBytes(maxResponseBytes) ?? MAX_RESPONSE_BYTES;
  }

  /** Returns the deadline of a call, in milliseconds. */
  timeoutMs(options: CallOptions): number {
    return checkTimeout(options.timeoutMs) ?? this.#timeoutMs;
  }

  /** Returns how often a call may be repeated. */
  maxRetries(options: CallOptions): number {
    return checkRetries(options.maxRetries) ?? this.#maxRetries;
  }

  /** Returns how large a response may be, in bytes and unpacked. */
  maxResponseBytes(options: CallOptions): number {
    return checkResponseBytes(options.maxResponseBytes) ?? this.#maxResponseBytes;
  }
}

/** @throws {InvalidArgumentError} */
export function checkTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0)) return timeoutMs;
  throw new InvalidArgumentError('timeoutMs', `is ${timeoutMs}. Use a number of milliseconds above 0, or Infinity.`);
}

function checkRetries(maxRetries: number | undefined): number | undefined {
  if (maxRetries === undefined || (Number.isInteger(maxRetries) && maxRetries >= 0)) return maxRetries;
  throw new InvalidArgumentError('maxRetries', `is ${maxRetries}. Use a whole number from 0 up.`);
}

function checkResponseBytes(bytes: number | undefined): number | undefined {
  if (bytes === undefined || (Number.isInteger(bytes) && bytes > 0 && bytes <= LONGEST_STRING)) return bytes;
  throw new InvalidArgumentError('maxResponseBytes', `is ${bytes}. Use a whole number from 1 to ${LONGEST_STRING}.`);
}
