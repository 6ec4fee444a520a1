import { load } from '../util/index.js';

export { checkFiles, nameOf } from './check-files.js';
export type { DirectoryHandleLike, FileHandleLike, FileLike, FilesInput, LocalFiles } from './types.js';

/** Loads what makes inputs of files and folders. */
export const loadLocalData = () => load(import('./local-data.js'));
