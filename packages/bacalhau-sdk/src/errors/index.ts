export * from './api-errors.js';
export { BacalhauError, defineUnprinted, type ErrorCause } from './base.js';
export * from './call-errors.js';
export * from './client-errors.js';
export * from './download-error.js';
export { harmlessLine, harmlessText } from './harmless-text.js';
export * from './job-errors.js';
export * from './log-errors.js';
export { withJobId } from './with-job-id.js';
