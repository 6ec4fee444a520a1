import { DownloadError } from '../errors/index.js';
import { isFileName, quoteName, type S3PreSignedResult, type TypedResult } from '../model/index.js';
import { entriesOf } from './entries.js';
import { EntryFile } from './entry-file.js';
import { findResults, type ResultsTarget, requireResults } from './find.js';
import { LimitCounter } from './limit-counter.js';
import { selectEntries } from './selection.js';
import { sourceOf } from './sources/index.js';
import type { ResultSource } from './sources/source.js';
import { beginTransfer, endTransfer, type TransferContext, transferFailure } from './transfer-context.js';
import type { ListResultsOptions, ResultFile, ResultFileOptions, SkippedEntry, TransferOptions } from './types.js';

/** A result and where its files come from. */
export interface OpenResult {
  readonly result: TypedResult;
  readonly source: ResultSource;
  /** For messages, for example `the result of e-1234`. */
  readonly name: string;
}

/** Reads the files of a job's results: see `resultFiles`. */
export async function* readFiles(
  target: ResultsTarget,
  options: TransferOptions,
): AsyncGenerator<ResultFile, void, undefined> {
  const limits = new LimitCounter(options.limits);
  const selection = selectEntries(options.include);
  const context = beginTransfer('job.files', target.transport, options);
  try {
    for (const { result, source } of await openResults(target, options, context)) {
      const { executionId } = result;
      const reading = {
        context,
        limits,
        selection,
        onUnsafeEntry: options.onUnsafeEntry,
        onSkipped: (entry: SkippedEntry) =>
          options.onSkipped?.({ ...entry, ...(executionId !== undefined && { executionId }) }),
        announce: () => undefined,
      };
      for await (const entry of entriesOf(source, reading)) {
        if (entry.kind === 'directory') continue;
        const file = new EntryFile(entry, executionId);
        try {
          yield file;
        } finally {
          // Also when the loop is left, as by `return file.text()`: a read in progress must finish.
          await file.finish();
        }
      }
    }
    selection.checkMatched();
  } catch (error) {
    throw transferFailure(context, error);
  } finally {
    endTransfer(context);
  }
}

/** Finds all results of the job and how to fetch them. Missing options are reported before the first byte is fetched. */
export async function openResults(
  target: ResultsTarget,
  options: ResultFileOptions,
  context: TransferContext,
): Promise<OpenResult[]> {
  const { transport } = target;
  const listOptions: ListResultsOptions = { signal: context.deadline.signal, executionId: options.executionId };
  const env = transport.env;
  const results = await requireResults(target, listOptions);
  const renew = async (expired: S3PreSignedResult): Promise<S3PreSignedResult> => {
    const again = await findResults(target, listOptions);
    for (const result of again) if (result.type === 's3PreSigned') context.secrets.addQuery(result.url);
    return again.filter((result) => result.type === 's3PreSigned').find((result) => isSame(result, expired)) ?? expired;
  };
  const opened: OpenResult[] = [];
  for (const [index, result] of results.entries()) {
    if ('url' in result) context.secrets.addQuery(result.url);
    const name =
      result.executionId === undefined
        ? `result ${index + 1}`
        : `the result of ${checkExecutionId(result.executionId)}`;
    opened.push({ result, name, source: await sourceOf(result, name, { options, env, context, renew }) });
  }
  return opened;
}

/**
 * Checks an id that becomes the name of a folder, here or in the programs that get it.
 *
 * @throws {DownloadError} with reason `unsafe-entry`.
 */
function checkExecutionId(executionId: string): string {
  if (isFileName(executionId)) return executionId;
  throw new DownloadError(
    `The server named an execution ${quoteName(executionId)}, which cannot be the name of a folder, so its result was refused. Check the address of the server.`,
    { reason: 'unsafe-entry', entry: executionId.slice(0, 4_096) },
  );
}

/** Compares presigned URLs without their queries: signing again changes nothing else. */
const isSame = (one: S3PreSignedResult, other: S3PreSignedResult): boolean => {
  const path = pathOf(one.url);
  return path !== undefined && path === pathOf(other.url);
};

const pathOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).pathname : undefined);
