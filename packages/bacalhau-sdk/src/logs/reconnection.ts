import { ConnectionError, LogStreamError } from '../errors/index.js';
import { excerpt, type Secrets } from '../redaction/index.js';
import type { JobMonitor } from './job-monitor.js';
import type { LogLimits } from './limits.js';
import type { ConnectionEnd, LogConnection } from './log-connection.js';
import type { LogReconnect } from './options.js';
import type { ReadProgress } from './read-progress.js';

/** A silent connection takes more than a minute, so it counts as several failures. */
const FAILURES_PER_SILENCE = 3;
/** Upgrades in a row without a response, before a gateway is taken to have no WebSockets. */
const LEAST_UNOPENED = 3;
/** Of a message of the server. */
const LONGEST_REASON = 2_000;

export interface ReconnectionOptions {
  readonly executionId: string;
  readonly limits: LogLimits;
  readonly monitor: JobMonitor;
  readonly progress: ReadProgress;
  readonly hasExecutionEnded: () => boolean;
  /** What no message may contain: the server quotes what it was sent. */
  readonly secrets: Secrets;
  readonly onReconnect: ((event: LogReconnect) => void) | undefined;
}

/** Decides how long to wait before the next connection of an execution's stream, and when to give it up. */
export class Reconnection {
  readonly #options: ReconnectionOptions;
  /** Connections in a row that brought nothing new. */
  #failures = 0;
  /** The same, while the server responded to other requests. */
  #failuresInReach = 0;
  /** Answers in a row that the node does not know the execution. */
  #unknown = 0;
  #refusals = 0;
  /** Whether a WebSocket was ever opened. */
  #hasOpened = false;
  /** Upgrades in a row without a response, while the server responded to other requests. */
  #unopened: { readonly since: number; readonly count: number } | undefined;

  constructor(options: ReconnectionOptions) {
    this.#options = options;
  }

  /** Something new was read. */
  reset(): void {
    this.#failures = 0;
    this.#failuresInReach = 0;
    this.#unknown = 0;
  }

  /** Takes note of how a connection ended. */
  observe(connection: LogConnection): void {
    this.#hasOpened ||= connection.isOpened;
  }

  /** Waits after a connection that ended early although nothing failed. */
  async afterEarlyEnd(connection: LogConnection, reason: string): Promise<void> {
    await this.#pause(connection, reason, 0);
  }

  /** Waits after the node said that it does not know the execution: longer each time, at first briefly. */
  async afterUnknown(connection: LogConnection, reason: string): Promise<void> {
    this.#unknown += 1;
    await this.#pause(connection, reason, 0, { unknownTimes: this.#unknown });
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
    this.#report(this.#reason(end), 0);
  }

  /** Counts an HTTP response to an upgrade: where none was ever opened, no further one will be. */
  async afterRefusal(connection: LogConnection, end: Extract<ConnectionEnd, { kind: 'noWebSocket' }>): Promise<void> {
    this.#refusals += 1;
    if (!this.#hasOpened && this.#refusals >= this.#options.limits.maxRefusals) throw this.#error(end, this.#refusals);
    await this.afterFailure(connection, end, end.error.message);
  }

  /** Counts a failed connection and waits, longer each time. */
  async afterFailure(connection: LogConnection, end: ConnectionEnd, reason: string): Promise<void> {
    const { limits, monitor, hasExecutionEnded } = this.#options;
    const failedAt = performance.now();
    this.#failures += 1;
    this.#giveUpAfterTooMany(end);
    await this.#pause(connection, reason, this.#failures, 'error' in end ? { error: end.error } : {});
    if (monitor.reachedAt < failedAt) {
      this.#failuresInReach = 0;
      this.#unopened = undefined;
      return;
    }
    this.#failuresInReach += 1;
    if (hasExecutionEnded() && this.#failuresInReach >= limits.maxFailuresAfterEnd) {
      throw this.#error(end, this.#failuresInReach);
    }
    const isUnopened = !this.#hasOpened && end.kind === 'broken' && end.error instanceof ConnectionError;
    const { since, count } = this.#unopened ?? { since: failedAt - connection.ageMs, count: 0 };
    this.#unopened = isUnopened ? { since, count: count + 1 } : undefined;
    const isFinal = count + 1 >= LEAST_UNOPENED && failedAt - since >= limits.unopenedAfterMs;
    if (isUnopened && isFinal) throw this.#error(end, count + 1);
  }

  /** Gives up at once: what the connection left out can no longer be read. */
  giveUp(end: ConnectionEnd): never {
    throw this.#error(end, 1);
  }

  #giveUpAfterTooMany(end: ConnectionEnd): void {
    if (this.#failures >= this.#options.limits.maxFailures) throw this.#error(end, this.#failures);
  }

  async #pause(
    connection: LogConnection,
    reason: string,
    failures: number,
    { error, unknownTimes = 0 }: { readonly error?: unknown; readonly unknownTimes?: number } = {},
  ): Promise<void> {
    const { limits, monitor, hasExecutionEnded } = this.#options;
    const hadEnded = hasExecutionEnded();
    const doublings = Math.max(failures, unknownTimes) - 1;
    const backoffMs = doublings < 0 ? 0 : Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** doublings);
    // The stream of a running execution keeps its place on the node for a while. One that never opened has none, nor has
    // one that the node refused, but each request makes the node drop other streams.
    const isRefused = unknownTimes > 0 && backoffMs < limits.reconnectMs;
    const keepsPlace = connection.isOpened && !hadEnded && !isRefused;
    const shortestMs = keepsPlace ? limits.reconnectMs : 0;
    const jitterMs = Math.random() * (keepsPlace ? limits.reconnectJitterMs : backoffMs / 2);
    const delayMs = Math.max(shortestMs, backoffMs) + jitterMs;
    monitor.pollNow();
    if (hadEnded) {
      if (failures > 0) this.#report(reason, delayMs);
      return await monitor.waitUntil(() => false, delayMs);
    }
    await monitor.waitUntil(hasExecutionEnded, limits.endGraceMs);
    // The usual end of a follow: nothing broke.
    if (hasExecutionEnded() && error === undefined) return;
    this.#report(reason, delayMs);
    await monitor.waitUntil(hasExecutionEnded, delayMs - limits.endGraceMs);
  }

  #report(reason: string, delayMs: number): void {
    const { executionId, progress, onReconnect } = this.#options;
    onReconnect?.({ executionId, reason: this.#clean(reason), framesRead: progress.frames, delayMs });
  }

  #clean(reason: string): string {
    return excerpt(reason, this.#options.secrets, LONGEST_REASON);
  }

  #error(end: ConnectionEnd, attempts: number): LogStreamError {
    const { executionId, progress } = this.#options;
    return new LogStreamError(
      `Reading the output of execution ${executionId} ended early, after ${progress.frames} chunks: ${sentence(this.#clean(this.#reason(end)))} Try again later, or read its results.`,
      { executionId, framesRead: progress.frames, attempts },
      'error' in end && end.error !== undefined ? { cause: end.error } : {},
    );
  }

  #reason(end: ConnectionEnd): string {
    if (this.#options.progress.isLossy) {
      return 'the server dropped a part of it, as it does with long logs. Jobs that publish their results keep all of it';
    }
    if (end.kind === 'error') return `the server reported: ${end.message}`;
    if (end.kind === 'broken') return end.reason;
    if (end.kind === 'noWebSocket') return end.error.message;
    if (end.kind === 'closedByReader' && end.reason === 'nodeGone') return 'its node is disconnected';
    return 'the node does not respond';
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
