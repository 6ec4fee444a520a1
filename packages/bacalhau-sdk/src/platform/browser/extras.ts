export { gunzip } from './gunzip.js';
export { missing } from './missing.js';
export { openWebSocket, problemOf } from './web-socket.js';
