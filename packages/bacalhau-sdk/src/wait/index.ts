export { Waiter, type WaitOptions } from './waiter.js';
