export { checkIdentifier, checkLimit, oneOf } from './check-arguments.js';
export { checkPutJobRequest } from './check-job.js';
