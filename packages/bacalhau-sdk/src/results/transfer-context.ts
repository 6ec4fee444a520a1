import type { BacalhauError } from '../errors/index.js';
import { abortError, type Deadline, downloadPolicy, type Transport } from '../http/index.js';
import type { TransferOptions } from './types.js';

const DEFAULT_STALL_TIMEOUT_MS = 60_000;

/** What all requests of one transfer share. */
export interface TransferContext {
  readonly transport: Transport;
  readonly operation: string;
  readonly deadline: Deadline;
  readonly maxRetries: number;
  readonly stallTimeoutMs: number;
  readonly hosts: Readonly<Record<string, string>>;
  /** Called with the number of bytes that arrived. */
  readonly onBytes: (count: number) => void;
}

export function beginTransfer(
  operation: string,
  transport: Transport,
  options: TransferOptions,
  onBytes: (count: number) => void = () => undefined,
): TransferContext {
  const {
    maxRetries = downloadPolicy.maxRetries,
    stallTimeoutMs = DEFAULT_STALL_TIMEOUT_MS,
    hosts = {},
    timeoutMs,
    signal,
  } = options;
  const deadline = transport.startDeadline(operation, timeoutMs, signal);
  return { transport, operation, deadline, maxRetries, stallTimeoutMs, hosts, onBytes };
}

/** Returns the error of a transfer that was ended early; undefined if it was not. */
export const transferAborted = ({ deadline, operation }: TransferContext): BacalhauError | undefined =>
  abortError(deadline, { operation, attempts: 1, outcomeUnknown: false, requestId: '' });

/** @throws {RequestAbortedError | RequestTimeoutError} if the transfer was ended early. */
export function throwIfAborted(context: TransferContext): void {
  const error = transferAborted(context);
  if (error !== undefined) throw error;
}
