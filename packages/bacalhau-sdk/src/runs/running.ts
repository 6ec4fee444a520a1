export { collectRun, stopAbandoned } from './collect-run.js';
export { publisherFor } from './publisher.js';
