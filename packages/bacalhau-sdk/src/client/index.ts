export { Bacalhau } from './bacalhau.js';
