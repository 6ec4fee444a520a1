import { BacalhauError } from '../errors/index.js';
import { abortError, type Deadline, downloadPolicy, type Transport } from '../http/index.js';
import { redactError, Secrets } from '../redaction/index.js';
import type { ResultFileOptions } from './types.js';

const DEFAULT_STALL_TIMEOUT_MS = 60_000;

/** What all requests of one transfer share. */
export interface TransferContext {
  readonly transport: Transport;
  readonly operation: string;
  readonly deadline: Deadline;
  readonly maxRetries: number;
  readonly stallTimeoutMs: number;
  readonly hosts: Readonly<Record<string, string>>;
  /** Those of the client, and the credentials for result hosts. */
  readonly secrets: Secrets;
  /** Called with the number of bytes that arrived. */
  readonly onBytes: (count: number) => void;
}

export function beginTransfer(
  operation: string,
  transport: Transport,
  options: ResultFileOptions,
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
  const secrets = secretsOf(transport, options);
  return { transport, operation, deadline, maxRetries, stallTimeoutMs, hosts, secrets, onBytes };
}

function secretsOf({ requests, env }: Transport, { s3, ipfs }: ResultFileOptions): Secrets {
  const secrets = new Secrets(requests.secrets);
  secrets.add(env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']);
  if (typeof s3?.credentials === 'object') {
    const { accessKeyId, secretAccessKey, sessionToken } = s3.credentials;
    secrets.add(accessKeyId, secretAccessKey, sessionToken);
  }
  secrets.addHeaders(ipfs?.headers ?? {});
  return secrets;
}

/** Ends what is still in progress. */
export function endTransfer({ deadline }: TransferContext): void {
  deadline.abort('closed');
  deadline.release();
}

/** Returns the error that a transfer ends with: why it was ended early, if it was, else what was thrown, without secrets. */
export function transferFailure(context: TransferContext, thrown: unknown): unknown {
  const error = transferAborted(context) ?? thrown;
  return error instanceof BacalhauError ? redactError(error, context.secrets) : error;
}

/** Returns the error of a transfer that was ended early; undefined if it was not. */
const transferAborted = ({ deadline, operation }: TransferContext): BacalhauError | undefined =>
  abortError(deadline, { operation, attempts: 1, outcomeUnknown: false, requestId: '' });

/** @throws {RequestAbortedError | RequestTimeoutError} if the transfer was ended early. */
export function throwIfAborted(context: TransferContext): void {
  const error = transferAborted(context);
  if (error !== undefined) throw error;
}
