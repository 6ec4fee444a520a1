import { checkIdentifier } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import type { TypedResult } from '../model/index.js';
import { checkDownloadOptions, checkFileArguments, checkListOptions, checkTransferOptions } from './check-options.js';
import { download } from './download.js';
import { readFiles } from './files.js';
import { findResults, type ResultsTarget } from './find.js';
import { openFile } from './open-file.js';
import type {
  DownloadOptions,
  DownloadSummary,
  ListResultsOptions,
  ResultFile,
  ResultFileOptions,
  TransferOptions,
} from './types.js';

/** Lists where the results of a job are, each with the execution that made it. Empty while there are none. */
export async function listResults(target: ResultsTarget, options: ListResultsOptions = {}): Promise<TypedResult[]> {
  checkIdentifier(target.jobId, 'jobId');
  checkListOptions(options);
  return findResults(target, options);
}

/**
 * Reads the files of a job's results, one after the other, as they arrive: nothing is written to disk, and no more is
 * held in memory than is being read. Works in browsers where the host of the result allows it (CORS); the local
 * publisher's does not.
 *
 * Read what you want of a file before you go on to the next: what is not read is skipped. The archive is known to be
 * complete and undamaged only when the loop has ended by itself.
 *
 * @throws {DownloadError} while looping: see `DownloadErrorReason`.
 * @throws {RequestAbortedError} if `signal` is aborted.
 */
export function resultFiles(
  target: ResultsTarget,
  options: TransferOptions = {},
): AsyncGenerator<ResultFile, void, undefined> {
  checkIdentifier(target.jobId, 'jobId');
  checkTransferOptions(options);
  return readFiles(target, options);
}

/**
 * Opens one file of a job's result, which can be read once, at any time. What comes after it in an archive is not fetched, so
 * damage there is not seen.
 *
 * @throws {DownloadError} see `DownloadErrorReason`; `no-match` if there is no such file.
 * @throws {RequestAbortedError} if `signal` is aborted, also while the file is read.
 */
export async function resultFile(
  target: ResultsTarget,
  path: string,
  options: ResultFileOptions = {},
): Promise<ResultFile> {
  checkIdentifier(target.jobId, 'jobId');
  checkFileArguments(path, options);
  const { transport, jobId, namespace } = target;
  return transport.observe({ name: 'job.file', jobId, namespace }, () => openFile(target, path, options));
}

/**
 * Downloads the results of a job into a directory, which is created if it is missing.
 *
 * A single result goes straight into the directory; several go each into a folder named by the execution's id (`layout`
 * changes that). Files appear in the directory only when all of them have arrived undamaged; after a failure it is as it
 * was before.
 *
 * @throws {DownloadError} see `DownloadErrorReason`.
 * @throws {RequestAbortedError} if `signal` is aborted.
 * @throws {UnsupportedRuntimeError} where there is no file system.
 */
export async function downloadResults(
  target: ResultsTarget,
  directory: string,
  options: DownloadOptions = {},
): Promise<DownloadSummary> {
  checkIdentifier(target.jobId, 'jobId');
  if (typeof directory !== 'string' || directory === '') {
    throw new InvalidArgumentError(
      'directory',
      `must be a path, not ${typeof directory === 'string' ? "''" : typeof directory}. Pass the path of a directory; it is created if it is missing.`,
    );
  }
  checkDownloadOptions(options);
  const { transport, jobId, namespace } = target;
  return transport.observe({ name: 'job.download', jobId, namespace }, () => download(target, directory, options));
}

export { checkResultAccess } from './check-options.js';
