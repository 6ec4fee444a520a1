export { followLogs } from './follow-logs.js';
export { outputOf } from './output-of.js';
