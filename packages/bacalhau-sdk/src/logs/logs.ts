import type { Transport } from '../http/index.js';
import { checkFollowLogsOptions } from './check-options.js';
import { LIMITS, type LogLimits } from './limits.js';
import { LogReader } from './log-reader.js';
import type { FollowLogsOptions, LogEntry, LogTarget } from './options.js';

export { copiedOutput, publishedOutput, wholeCopy } from './execution-output.js';
export { isStreamed } from './execution-status.js';
export { ReadPosition } from './read-position.js';

/**
 * Reads the output of a job. Nothing is sent before the first entry is asked for; each loop reads from the beginning, and
 * leaving it closes everything that it opened.
 *
 * Entries of one execution come in its order, every one once, whatever the connection does. Those of several executions
 * are mixed as they come.
 */
export function followLogs(
  transport: Transport,
  target: LogTarget,
  options: FollowLogsOptions = {},
  limits: Partial<LogLimits> = {},
): AsyncIterable<LogEntry> {
  return {
    [Symbol.asyncIterator]: () => {
      checkFollowLogsOptions(options);
      return new LogReader({ transport, target, options, limits: { ...LIMITS, ...limits } });
    },
  };
}
