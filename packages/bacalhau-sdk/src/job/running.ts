export { publisherFor } from './publish.js';
export { collectRun, stopLeft } from './run.js';
