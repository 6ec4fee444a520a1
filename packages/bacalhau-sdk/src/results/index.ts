import { load } from '../util/index.js';
import type { ResultsTarget } from './find.js';
import type { ResultFile, TransferOptions } from './types.js';

export type { ResultsTarget } from './find.js';
export { typedResults } from './typed-results.js';
export type {
  DownloadedFile,
  DownloadedResult,
  DownloadOptions,
  DownloadProgress,
  DownloadSummary,
  IpfsOptions,
  ListResultsOptions,
  ResultAccess,
  ResultFile,
  ResultFileOptions,
  ResultLimits,
  S3Options,
  SkippedEntry,
  TransferOptions,
  UnsafeEntryKind,
} from './types.js';

/** Loads what lists, reads and downloads results: it is large, and many programs want none. */
export const loadResults = () => load(import('./results.js'));

/** Reads the files of a job's results as they arrive. */
export function resultFiles(target: ResultsTarget, options?: TransferOptions): AsyncIterableIterator<ResultFile> {
  const { transport, jobId, namespace } = target;
  return transport.observeLoop({ name: 'job.files', jobId, namespace }, async () =>
    (await loadResults()).resultFiles(target, options),
  );
}
