export type { ResultsTarget } from './find.js';
export { transfer } from './late.js';
export { typedResults } from './typed-results.js';
export type {
  DownloadedFile,
  DownloadedResult,
  DownloadOptions,
  DownloadProgress,
  DownloadSummary,
  IpfsOptions,
  IpfsResult,
  JobResult,
  ListResultsOptions,
  ResultAccess,
  ResultBase,
  ResultFile,
  ResultLimits,
  S3Credentials,
  S3Location,
  S3Options,
  S3PreSignedResult,
  S3Result,
  TransferOptions,
  UnknownResult,
  UrlResult,
} from './types.js';
