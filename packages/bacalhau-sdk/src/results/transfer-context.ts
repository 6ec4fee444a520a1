import { type BacalhauError, RequestAbortedError, RequestTimeoutError } from '../errors/index.js';
import type { Deadline, Transport } from '../http/index.js';
import type { TransferOptions } from './types.js';

const DEFAULT_RETRIES = 4;
const DEFAULT_STALL_MS = 60_000;

/** What all requests of one download share. */
export interface TransferContext {
  readonly transport: Transport;
  readonly deadline: Deadline;
  readonly maxRetries: number;
  readonly stallTimeoutMs: number;
  readonly hosts: Readonly<Record<string, string>>;
  readonly onBytes: (count: number) => void;
}

export function beginTransfer(
  name: string,
  transport: Transport,
  options: TransferOptions,
  onBytes: (count: number) => void = () => undefined,
): TransferContext {
  const { maxRetries = DEFAULT_RETRIES, stallTimeoutMs = DEFAULT_STALL_MS, hosts = {} } = options;
  const deadline = transport.startDeadline(name, options.timeoutMs, options.signal);
  return { transport, deadline, maxRetries, stallTimeoutMs, hosts, onBytes };
}

/** @throws why the download was cut short, if it was. */
export function throwIfAborted({ deadline }: TransferContext): void {
  const error = abortError(deadline);
  if (error !== undefined) throw error;
}

/** What to throw instead of a failure that the end of the whole download brought about. */
export function abortError(deadline: Deadline): BacalhauError | undefined {
  const facts = { operation: 'job.download', attempts: 1, outcomeUnknown: false, requestId: '' };
  switch (deadline.reason) {
    case undefined:
      return undefined;
    case 'timeout':
      return new RequestTimeoutError(
        `The results were not there within ${deadline.timeoutMs} ms. Raise timeoutMs, or leave it out.`,
        { ...facts, timeoutMs: deadline.timeoutMs },
      );
    case 'closed':
      return new RequestAbortedError('Fetching results was given up because the client was closed.', facts);
    case 'signal':
      return new RequestAbortedError('Fetching results was aborted by its signal.', facts, {
        cause: deadline.callerReason,
      });
  }
}
