export { copiedOutput } from './copied-output.js';
export { followLogs, reading } from './late.js';
export type { FollowLogsOptions, LogEntry, LogReconnect } from './options.js';
