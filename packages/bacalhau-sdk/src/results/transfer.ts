export { downloadResults } from './download.js';
export { resultFiles } from './files.js';
export { listResults } from './find.js';
