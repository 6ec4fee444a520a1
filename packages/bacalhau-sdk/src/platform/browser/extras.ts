export { gunzip } from './gunzip.js';
export { missing } from './missing.js';
export { openWebSocket, unsupported } from './web-socket.js';
