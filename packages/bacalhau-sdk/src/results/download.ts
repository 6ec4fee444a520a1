import { platform } from '#platform';
import { exitCodeOf } from '../model/index.js';
import type { DownloadFolder } from '../platform/index.js';
import { archiveOf, type Entry, entriesOf } from './entries.js';
import { type OpenResult, openResults } from './files.js';
import type { ResultsTarget } from './find.js';
import { LimitCounter } from './limit-counter.js';
import { Progress } from './progress.js';
import { type Selection, selectEntries } from './selection.js';
import { beginTransfer, type TransferContext, transferFailure } from './transfer-context.js';
import type { DownloadedFile, DownloadedResult, DownloadOptions, DownloadSummary, SkippedEntry } from './types.js';

/** Downloads the results of a job into a directory: see `downloadResults`. */
export async function download(
  target: ResultsTarget,
  directory: string,
  options: DownloadOptions,
): Promise<DownloadSummary> {
  const limits = new LimitCounter(options.limits);
  const selection = selectEntries(options.include);
  let progress: Progress | undefined;
  const context = beginTransfer('job.download', target.transport, options, (count) => progress?.loaded(count));
  let folder: DownloadFolder | undefined;
  try {
    const results = await openResults(target, options, context);
    progress = new Progress(options.onProgress, results.length);
    folder = await platform.openFolder(directory, {
      overwrite: options.overwrite ?? false,
      maxPaths: limits.entries,
    });
    const summary = await new Download({ context, limits, selection, folder, progress, options, results }).run();
    selection.checkMatched();
    await folder.commit();
    progress.end();
    return summary;
  } catch (error) {
    throw transferFailure(context, error);
  } finally {
    context.deadline.release();
    await folder?.discard();
  }
}

interface DownloadParts {
  readonly context: TransferContext;
  readonly limits: LimitCounter;
  readonly selection: Selection;
  readonly folder: DownloadFolder;
  readonly progress: Progress;
  readonly options: DownloadOptions;
  readonly results: readonly OpenResult[];
}

/** The longest file that is read as an exit code; servers write four characters at most. */
const LONGEST_EXIT_CODE = 16;

class Download {
  readonly #parts: DownloadParts;
  readonly #files: DownloadedFile[] = [];
  readonly #skipped: SkippedEntry[] = [];

  constructor(parts: DownloadParts) {
    this.#parts = parts;
  }

  async run(): Promise<DownloadSummary> {
    const { results, folder, progress } = this.#parts;
    const written: DownloadedResult[] = [];
    for (const [index, opened] of results.entries()) {
      progress.beginResult();
      const name = opened.result.executionId ?? `result-${index + 1}`;
      written.push(await this.#writeResult(opened, name));
    }
    const { loadedBytes, writtenBytes } = progress;
    return {
      directory: folder.directory,
      results: written,
      files: this.#files,
      skipped: this.#skipped,
      writtenBytes,
      loadedBytes,
    };
  }

  async #writeResult({ result, source }: OpenResult, name: string): Promise<DownloadedResult> {
    const { context, limits, selection, progress, options, results } = this.#parts;
    const { executionId } = result;
    const details = { type: result.type, ...(executionId !== undefined && { executionId }) };
    const reading = {
      context,
      limits,
      selection,
      onUnsafeEntry: options.onUnsafeEntry,
      onSkipped: (entry: SkippedEntry): void => {
        const skipped = { ...entry, ...(executionId !== undefined && { executionId }) };
        this.#skipped.push(skipped);
        options.onSkipped?.(skipped);
      },
      announce: (totalBytes: number | undefined): void => progress.announce(totalBytes),
    };

    if (source.kind === 'archive' && options.extract === false) {
      const content = archiveOf(source, reading);
      await this.#write([`${name}${source.extension}`], content, undefined, executionId);
      return { ...details, folder: '' };
    }

    const base = results.length > 1 || options.layout === 'byExecution' ? [name] : [];
    let exitCode: number | undefined;
    for await (const entry of entriesOf(source, reading)) {
      const path = [...base, ...entry.path];
      if (entry.kind === 'directory') {
        await this.#parts.folder.addDirectory(path);
      } else if (entry.path.join('/') === 'exitCode' && entry.size <= LONGEST_EXIT_CODE) {
        const text = { value: '' };
        await this.#write(path, capture(entry, text), entry.mode, executionId);
        exitCode = /^-?\d+$/.test(text.value) ? exitCodeOf(Number(text.value)) : undefined;
      } else {
        await this.#write(path, entry.content, entry.mode, executionId);
      }
    }
    return { ...details, folder: base.join('/'), ...(exitCode !== undefined && { exitCode }) };
  }

  async #write(
    path: readonly string[],
    content: AsyncIterable<Uint8Array>,
    mode: number | undefined,
    executionId: string | undefined,
  ): Promise<void> {
    const { folder, progress } = this.#parts;
    const name = path.join('/');
    progress.beginFile(name);
    const size = await folder.addFile(path, counted(content, progress), mode);
    progress.endFile();
    this.#files.push({ path: name, size, ...(executionId !== undefined && { executionId }) });
  }
}

/** Passes the content on and reports how much was written. */
async function* counted(
  content: AsyncIterable<Uint8Array>,
  progress: Progress,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of content) {
    yield chunk;
    progress.written(chunk.length);
  }
}

/** Passes the content on and keeps it as text. */
async function* capture(entry: Entry, text: { value: string }): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new TextDecoder();
  for await (const chunk of entry.content) {
    text.value += decoder.decode(chunk, { stream: true });
    yield chunk;
  }
}
