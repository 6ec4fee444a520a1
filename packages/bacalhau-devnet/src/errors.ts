/**
 * The kind of an error:
 * - `INVALID_OPTIONS`: an option (or a file it names) can't be used; nothing was started.
 * - `UNSUPPORTED_PLATFORM`: the server doesn't run on this operating system.
 * - `NAMESPACE_UNAVAILABLE`: the server needs a network namespace, which cannot be created here.
 * - `SERVER_NOT_FOUND`: no `bacalhau` binary, and no Go to build one.
 * - `SERVER_UNSUPPORTED`: the binary that was named is of a version that this package cannot start.
 * - `SERVER_BUILD_FAILED`: Go was found, but the build ended with an error.
 * - `PORT_IN_USE`: another process listens on a port that the options name.
 * - `START_FAILED`: a server process ended before the network was ready.
 * - `START_TIMEOUT`: the network was not ready within `startTimeoutMs`.
 * - `STOP_FAILED`: something could not be cleaned up; the message names it.
 * - `ABORTED`: the caller's signal was aborted; `cause` is its reason.
 * - `SUPERVISOR_FAILED`: the process that owns the servers could not be started, or ended unexpectedly.
 */
export type DevnetErrorCode =
  | 'INVALID_OPTIONS'
  | 'UNSUPPORTED_PLATFORM'
  | 'NAMESPACE_UNAVAILABLE'
  | 'SERVER_NOT_FOUND'
  | 'SERVER_UNSUPPORTED'
  | 'SERVER_BUILD_FAILED'
  | 'PORT_IN_USE'
  | 'START_FAILED'
  | 'START_TIMEOUT'
  | 'STOP_FAILED'
  | 'ABORTED'
  | 'SUPERVISOR_FAILED';

/** The end of one process's log at the time of an error. */
export interface LogTail {
  /** The process, such as `orchestrator` or `compute-1`. */
  readonly name: string;
  /** The path of the whole log (without `keepLogs` or `logDir` it is removed with the devnet). */
  readonly path: string;
  /** The last lines. */
  readonly tail: string;
}

const BRAND = Symbol.for('bacalhau-devnet.DevnetError');

/**
 * The error that this package throws.
 *
 * @example
 * try {
 *   await startDevnet();
 * } catch (error) {
 *   if (DevnetError.is(error) && error.code === 'SERVER_NOT_FOUND') console.error(error.message);
 *   else throw error;
 * }
 */
export class DevnetError extends Error {
  /** Always `DevnetError`. */
  override readonly name = 'DevnetError';
  /** The kind of error, for programs. */
  readonly code: DevnetErrorCode;
  /** The end of the servers' logs, if they show the cause; the message contains them too. */
  readonly logs: readonly LogTail[];

  constructor(code: DevnetErrorCode, message: string, options: { cause?: unknown; logs?: readonly LogTail[] } = {}) {
    const logs = options.logs ?? [];
    const tails = logs.map(({ name, tail }) => `--- end of the log of ${name} ---\n${tail || '(empty)'}`);
    super([message, ...tails].join('\n'), 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.logs = logs;
    // Recognizable across two copies of the package (its ESM and its CommonJS build count as two).
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether a caught value is a DevnetError, including one from another copy of this package. */
  static is(error: unknown): error is DevnetError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}

/** Returns the error for an aborted signal; its reason becomes the cause. */
export function abortedError(signal: AbortSignal): DevnetError {
  return new DevnetError('ABORTED', 'The devnet was aborted by its signal', { cause: signal.reason });
}

// No `instanceof Error` below: where tests run in a realm of their own (jest), errors of Node's modules fail it.

/** Returns the message of any thrown value. */
export function messageOf(error: unknown): string {
  return textOf(error, 'message') ?? String(error);
}

/** Returns the `code` of a system error, such as ENOENT, if it has one. */
export function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code');
}

function textOf(error: unknown, property: 'message' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : undefined;
}
