import { InvalidArgumentError } from '../errors/index.js';
import { entriesOf } from './entries.js';
import { EntryFile } from './entry-file.js';
import { openResults } from './files.js';
import type { ResultsTarget } from './find.js';
import { LimitCounter } from './limit-counter.js';
import { selectFile } from './selection.js';
import { beginTransfer, endTransfer, transferFailure } from './transfer-context.js';
import type { ResultFile, ResultFileOptions } from './types.js';

/** Opens one file of a job's result: see `resultFile`. */
export async function openFile(target: ResultsTarget, path: string, options: ResultFileOptions): Promise<ResultFile> {
  const context = beginTransfer('job.file', target.transport, options);
  try {
    const [opened, ...others] = await openResults(target, options, context);
    if (opened === undefined || others.length > 0) {
      const ids = [opened, ...others].map((one) => one?.result.executionId).join(', ');
      throw new InvalidArgumentError(
        'executionId',
        `is missing: job ${target.jobId} has a result of each execution. Pass one of ${ids}.`,
      );
    }
    const { result, source, name } = opened;
    const selection = selectFile(path, name);
    const entries = entriesOf(source, {
      context,
      limits: new LimitCounter(options.limits),
      selection,
      onUnsafeEntry: 'refuse',
      onSkipped: () => undefined,
      announce: () => undefined,
    });
    for (;;) {
      const { done, value: entry } = await entries.next();
      if (done) throw selection.notFound();
      if (entry.kind === 'directory') continue;
      return new EntryFile(entry, result.executionId, async () => {
        endTransfer(context);
        await entries.return();
      });
    }
  } catch (error) {
    const failure = transferFailure(context, error);
    endTransfer(context);
    throw failure;
  }
}
