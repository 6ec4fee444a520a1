export { publisherFor } from './publish.js';
export { collectRun } from './run.js';
