import type { DataToUpload, FoundData, UploadContext, UploadedData } from './data.js';
import { checkIpfs, uploadToIpfs } from './ipfs.js';
import { checkS3, uploadToS3 } from './s3.js';
import { checkServe, serve } from './serve.js';
import type { FilesVia } from './types.js';

export { isServed } from './serve.js';

/**
 * Checks what needs no reading of the data.
 *
 * @throws {UploadError} or {InvalidJobError}
 */
export async function checkUpload(data: FoundData, via: FilesVia, { transport }: UploadContext): Promise<void> {
  if ('s3' in via) checkS3(data, via.s3, transport);
  else if ('ipfs' in via) checkIpfs(via.ipfs);
  else await checkServe(data, via.serve, transport);
}

/**
 * Brings data to where nodes read it.
 *
 * @throws {UploadError} or {InvalidJobError}; nothing that is incomplete is referred to then.
 */
export function upload(data: DataToUpload, via: FilesVia, context: UploadContext): Promise<UploadedData> {
  if ('s3' in via) return uploadToS3(data, via.s3, context);
  if ('ipfs' in via) return uploadToIpfs(data, via.ipfs, context);
  return serve(data, via.serve, context);
}
