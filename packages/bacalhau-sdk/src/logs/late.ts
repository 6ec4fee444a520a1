import type { Transport } from '../http/index.js';
import { DeferredIterator, load } from '../util/index.js';
import type { LogTarget } from './follow-logs.js';
import type { LogLimits } from './limits.js';
import type { FollowLogsOptions, LogEntry } from './options.js';

/** Loaded when logs are first wanted: it is large, and many programs want none. */
export const reading = () => load(import('./reading.js'));

export const followLogs = (
  transport: Transport,
  target: LogTarget,
  options?: FollowLogsOptions,
  limits?: Partial<LogLimits>,
): AsyncIterable<LogEntry> => ({
  [Symbol.asyncIterator]: () =>
    new DeferredIterator(async () => {
      const { followLogs: read } = await reading();
      return read(transport, target, options, limits)[Symbol.asyncIterator]();
    }),
});
