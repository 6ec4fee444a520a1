export { Bacalhau, type LoginOptions } from './bacalhau.js';
