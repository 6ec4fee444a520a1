import type { Transport } from '../http/index.js';
import { load } from '../util/index.js';
import type { FollowLogsOptions, LogEntry, LogTarget } from './options.js';

export type { FollowLogsOptions, LogEntry, LogReconnect, LogTarget } from './options.js';
export type { ReadPosition } from './read-position.js';

/** Loads what reads logs: it is large, and many programs want none. */
export const loadLogs = () => load(import('./logs.js'));

/** Reads the output of a job: see `JobHandle.logs`. Each loop reads from the beginning. */
export const followLogs = (
  transport: Transport,
  target: LogTarget,
  options?: FollowLogsOptions,
): AsyncIterable<LogEntry> => ({
  [Symbol.asyncIterator]: () =>
    transport.observeLoop({ name: 'job.logs', ...target }, async () => {
      const logs = await loadLogs();
      return logs.followLogs(transport, target, options)[Symbol.asyncIterator]();
    }),
});
