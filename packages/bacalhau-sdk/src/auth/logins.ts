export { ask } from './ask.js';
export { automatic } from './automatic.js';
export { challenge } from './challenge.js';
export { device } from './device.js';
export { TokenStore } from './token-store.js';
