import { load } from '../util/index.js';

export { toLocalSource } from './local-source.js';
export type { DirectoryHandleLike, FileHandleLike, FileLike, FilesInput, LocalFiles } from './types.js';

/** Loads what makes inputs of files and folders. */
export const loadLocalData = () => load(import('./local-data.js'));
