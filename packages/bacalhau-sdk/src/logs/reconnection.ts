import { LogStreamError } from '../errors/index.js';
import type { JobMonitor } from './job-monitor.js';
import type { LogLimits } from './limits.js';
import type { ConnectionEnd, LogConnection } from './log-connection.js';
import type { LogReconnect } from './options.js';
import type { ReadProgress } from './read-progress.js';

/** A silent connection takes more than a minute, so it counts as several failures. */
const FAILURES_PER_SILENCE = 3;

export interface ReconnectionOptions {
  readonly executionId: string;
  readonly limits: LogLimits;
  readonly monitor: JobMonitor;
  readonly progress: ReadProgress;
  readonly hasExecutionEnded: () => boolean;
  readonly onReconnect: ((event: LogReconnect) => void) | undefined;
}

/** Decides how long to wait before the next connection of an execution's stream, and when to give it up. */
export class Reconnection {
  readonly #options: ReconnectionOptions;
  /** Connections in a row that brought nothing new. */
  #failures = 0;

  constructor(options: ReconnectionOptions) {
    this.#options = options;
  }

  /** Something new was read. */
  reset(): void {
    this.#failures = 0;
  }

  /** Waits after a connection that ended early although nothing failed. */
  async afterEarlyEnd(connection: LogConnection, reason: string): Promise<void> {
    await this.#pause(connection, reason, 0);
  }

  /** Waits after a connection that a helper found dead. */
  async afterStaleConnection(connection: LogConnection): Promise<void> {
    await this.#pause(connection, 'the stream had fallen silent', this.#failures);
  }

  /** Counts a connection that stayed silent, which was pause enough. */
  afterSilence(end: ConnectionEnd, { mayReconnect }: { readonly mayReconnect: boolean }): void {
    if (!mayReconnect) throw this.#error(end, this.#failures + 1);
    this.#failures += FAILURES_PER_SILENCE;
    this.#giveUpAfterTooMany(end);
  }

  /** Counts a failed connection and waits, longer each time. */
  async afterFailure(connection: LogConnection, end: ConnectionEnd, reason: string): Promise<void> {
    this.#failures += 1;
    await this.#pause(connection, reason, this.#failures, end.kind === 'broken' ? end.error : undefined);
    this.#giveUpAfterTooMany(end);
  }

  /** Gives up at once: what the connection left out can no longer be read. */
  giveUp(end: ConnectionEnd): never {
    throw this.#error(end, 1);
  }

  #giveUpAfterTooMany(end: ConnectionEnd): void {
    if (this.#failures >= this.#options.limits.maxFailures) throw this.#error(end, this.#failures);
  }

  async #pause(connection: LogConnection, reason: string, failures: number, error?: unknown): Promise<void> {
    const { executionId, limits, monitor, progress, hasExecutionEnded, onReconnect } = this.#options;
    const hadEnded = hasExecutionEnded();
    const backoffMs = failures === 0 ? 0 : Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** (failures - 1));
    // The stream of a running execution keeps its place on the node for a while. One that never opened has none.
    const keepsPlace = connection.isOpened && !hadEnded;
    const shortestMs = keepsPlace ? limits.reconnectMs : 0;
    const jitterMs = Math.random() * (keepsPlace ? limits.reconnectJitterMs : backoffMs / 2);
    const delayMs = Math.max(shortestMs, backoffMs) + jitterMs;
    monitor.pollNow();
    if (hadEnded) return await monitor.waitUntil(() => false, delayMs);
    const event = { executionId, reason, framesRead: progress.frames, delayMs };
    await monitor.waitUntil(hasExecutionEnded, limits.endGraceMs);
    // The usual end of a follow: nothing broke.
    if (hasExecutionEnded() && error === undefined) return;
    onReconnect?.(event);
    await monitor.waitUntil(hasExecutionEnded, delayMs - limits.endGraceMs);
  }

  #error(end: ConnectionEnd, attempts: number): LogStreamError {
    const { executionId, progress } = this.#options;
    return new LogStreamError(
      `Reading the output of execution ${executionId} ended early, after ${progress.frames} chunks: ${this.#reason(end)}. Try again later, or read its results.`,
      { executionId, framesRead: progress.frames, attempts },
      end.kind === 'broken' && end.error !== undefined ? { cause: end.error } : {},
    );
  }

  #reason(end: ConnectionEnd): string {
    if (this.#options.progress.isLossy) {
      return 'the server dropped a part of it, as it does with long logs. Jobs that publish their results keep all of it';
    }
    if (end.kind === 'error') return `the server reported: ${end.message}`;
    if (end.kind === 'broken') return end.reason;
    return 'the node does not respond';
  }
}
