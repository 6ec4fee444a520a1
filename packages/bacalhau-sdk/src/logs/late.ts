import type { Execution } from 'bacalhau-apiclient';
import { LateIterator } from '../late-iterator.js';
import type { Transport } from '../transport/index.js';
import type { LogTarget } from './follow-logs.js';
import type { LogLimits } from './limits.js';
import type { FollowLogsOptions, LogEntry } from './options.js';
import type { OutputSource } from './output-of.js';

/** Loaded when logs are first wanted: it is large, and many programs want none. */
const reading = () => import('./reading.js');

export function followLogs(
  transport: Transport,
  target: LogTarget,
  options?: FollowLogsOptions,
  limits?: Partial<LogLimits>,
): AsyncIterable<LogEntry> {
  return late(async () => (await reading()).followLogs(transport, target, options, limits));
}

export function outputOf(execution: Execution, source: OutputSource): AsyncIterable<LogEntry> {
  return late(async () => (await reading()).outputOf(execution, source));
}

const late = (load: () => Promise<AsyncIterable<LogEntry>>): AsyncIterable<LogEntry> => ({
  [Symbol.asyncIterator]: () => new LateIterator(async () => (await load())[Symbol.asyncIterator]()),
});
