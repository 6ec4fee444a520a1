export { followLogs } from './follow-logs.js';
export type { FollowLogsOptions, LogEntry, LogReconnect } from './options.js';
export { copiedOutput, outputOf } from './output-of.js';
