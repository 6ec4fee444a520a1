export { checkOnUpdate, checkUnreachableAfter, WAIT_OPTIONS, type WaitOptions } from './options.js';
export { Waiter } from './waiter.js';
