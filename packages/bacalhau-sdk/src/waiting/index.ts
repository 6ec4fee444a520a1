export { checkUnreachableAfter, Waiter, type WaitOptions } from './waiter.js';
