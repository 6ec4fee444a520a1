export { checkPatience, Waiter, type WaitOptions } from './waiter.js';
