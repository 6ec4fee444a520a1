export { inputOfResult, isAddress } from './input-of-result.js';
export type { ArchiveInput, JobResultInput, ResultInput, ResultInputOf, ResultToRead } from './types.js';
