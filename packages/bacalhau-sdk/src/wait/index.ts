export { type JobReference, Waiter, type WaitOptions } from './waiter.js';
