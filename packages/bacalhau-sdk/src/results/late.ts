import { LateIterator } from '../late-iterator.js';
import type { ResultsTarget } from './find.js';
import type {
  DownloadOptions,
  DownloadSummary,
  JobResult,
  ListResultsOptions,
  ResultFile,
  TransferOptions,
} from './types.js';

/** Loaded when results are first wanted: it is large, and many programs want none. */
const transfer = () => import('./transfer.js');

export async function listResults(target: ResultsTarget, options?: ListResultsOptions): Promise<JobResult[]> {
  return (await transfer()).listResults(target, options);
}

export function resultFiles(target: ResultsTarget, options?: TransferOptions): AsyncIterableIterator<ResultFile, void> {
  return new LateIterator(async () => (await transfer()).resultFiles(target, options));
}

export async function downloadResults(
  target: ResultsTarget,
  directory: string,
  options?: DownloadOptions,
): Promise<DownloadSummary> {
  return (await transfer()).downloadResults(target, directory, options);
}
