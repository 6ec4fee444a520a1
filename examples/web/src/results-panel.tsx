import type { Job, JobHandle, ResultFile, TypedResult } from 'bacalhau-sdk';
import { useEffect, useState } from 'preact/hooks';
import { readingOf } from './connection.ts';
import { bytes } from './format.ts';
import { Id, Loading, Notice } from './ui.tsx';

/** A file of a result. Its content is read again when it is viewed or saved. */
type Listed = Pick<ResultFile, 'path' | 'executionId' | 'size'>;

interface Found {
  readonly results: readonly TypedResult[];
  readonly files: readonly Listed[];
  readonly error?: Error;
}

/** Larger files are saved, not viewed. */
const LARGEST_TEXT = 1_000_000;

export function ResultsPanel({
  handle,
  job,
  ended,
}: {
  readonly handle: JobHandle;
  readonly job: Job;
  readonly ended: boolean;
}) {
  const [found, setFound] = useState<Found>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!ended) return;
    const unmounted = new AbortController();
    setFound(undefined);
    void find(handle, unmounted.signal).then((found) => {
      if (!unmounted.signal.aborted) setFound(found);
    });
    return () => unmounted.abort();
  }, [handle, ended, attempt]);

  return (
    <section class="panel results" aria-label="Results">
      <div class="panel-head">
        <h2>Results</h2>
        {found !== undefined && found.files.length > 0 && (
          <span class="muted">
            {found.files.length} {found.files.length === 1 ? 'file' : 'files'}
          </span>
        )}
      </div>
      {!ended && <p class="muted">Results appear once the job has ended.</p>}
      {ended && found === undefined && <Loading rows={3} label="Loading results" />}
      {found?.results.length === 0 && !found.error && <p class="muted">{whyNone(job)}</p>}
      {found?.error && (
        <Unreadable found={found} error={found.error} retry={() => setAttempt((attempts) => attempts + 1)} />
      )}
      {found !== undefined && found.files.length > 0 && <Files handle={handle} found={found} />}
    </section>
  );
}

function whyNone({ State: state, Tasks }: Job): string {
  if (!Tasks.some(({ Publisher }) => Publisher?.Type)) return 'The job has no publisher, so no results were stored.';
  if (state?.StateType === 'Stopped') return 'The job was stopped before it stored results.';
  if (state?.StateType === 'Failed') return 'The job failed before it stored results.';
  return 'The job stored no results.';
}

async function find(handle: JobHandle, signal: AbortSignal): Promise<Found> {
  let results: readonly TypedResult[] = [];
  const files: Listed[] = [];
  try {
    results = await handle.typedResults({ signal });
    if (results.length > 0) {
      for await (const { path, executionId, size } of handle.files({ ...readingOf(handle, results), signal })) {
        files.push({ path, executionId, size });
      }
    }
    return { results, files };
  } catch (thrown) {
    return { results, files, error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }
}

/** Offers links: the browser can save an archive that scripts may not read. */
function Unreadable({
  found,
  error,
  retry,
}: {
  readonly found: Found;
  readonly error: Error;
  readonly retry: () => void;
}) {
  const urls = found.results.flatMap((result) => ('url' in result ? [result.url] : []));
  return (
    <Notice tone="bad" title="The results cannot be read here">
      <p>{error.message}</p>
      {urls.map((url) => (
        <p key={url}>
          <a href={url}>Save the archive</a>
        </p>
      ))}
      <button type="button" class="small" onClick={retry}>
        Try again
      </button>
    </Notice>
  );
}

function Files({ handle, found }: { readonly handle: JobHandle; readonly found: Found }) {
  const [shown, setShown] = useState<Listed & { readonly text: string }>();
  const [busy, setBusy] = useState<Listed>();
  const [error, setError] = useState<Error>();
  const several = new Set(found.files.map(({ executionId }) => executionId)).size > 1;

  /** Results are streams: read until the requested file arrives. */
  const read = async (wanted: Listed, use: (content: Uint8Array<ArrayBuffer>) => void): Promise<void> => {
    setBusy(wanted);
    setError(undefined);
    try {
      const reading = { ...readingOf(handle, found.results), executionId: wanted.executionId };
      for await (const file of handle.files(reading)) {
        if (file.path !== wanted.path) continue;
        use(new Uint8Array(await file.bytes()));
        return;
      }
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    } finally {
      setBusy(undefined);
    }
  };
  const view = (file: Listed): void => {
    if (isSame(file, shown)) setShown(undefined);
    else void read(file, (content) => setShown({ ...file, text: new TextDecoder().decode(content) }));
  };

  return (
    <>
      {error && <Notice tone="bad">{error.message}</Notice>}
      <ul class="files">
        {found.files.map((file) => (
          <li key={`${file.executionId} ${file.path}`} class="file">
            <span class="path" title={file.path}>
              {file.path}
              {several && file.executionId !== undefined && <Id of={file.executionId} />}
            </span>
            <span class="size muted">{bytes(file.size)}</span>
            <button
              type="button"
              class="small view"
              disabled={busy !== undefined || file.size > LARGEST_TEXT}
              aria-label={`${isSame(file, shown) ? 'Hide' : 'View'} ${file.path}`}
              title={file.size > LARGEST_TEXT ? 'Too large to view: save it' : undefined}
              onClick={() => view(file)}
            >
              {isSame(file, shown) ? 'Hide' : 'View'}
            </button>
            <button
              type="button"
              class="small"
              disabled={busy !== undefined}
              aria-label={`Save ${file.path}`}
              onClick={() => void read(file, (content) => save(file.path, content))}
            >
              Save
            </button>
            {shown !== undefined && isSame(file, shown) && (
              <section class="viewer" aria-label={`Content of ${file.path}`}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
                <pre class="text" tabIndex={0}>
                  {shown.text === '' ? '(empty)' : shown.text}
                </pre>
              </section>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

const isSame = (one: Listed, other: Listed | undefined): boolean =>
  one.path === other?.path && one.executionId === other.executionId;

function save(path: string, content: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = path.split('/').at(-1) ?? path;
  link.click();
  // The browser needs it until it has started to save.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
