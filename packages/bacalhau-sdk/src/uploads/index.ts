import { load } from '../util/index.js';

export type { DataToUpload, HashedFile, HashedPart, UploadContext } from './data.js';
export type { FilesVia, IpfsUpload, S3Upload, ServeOptions, UploadProgress, UploadSettings } from './types.js';

/** Loads what brings data to where nodes read it. */
export const loadUploads = () => load(import('./upload.js'));
