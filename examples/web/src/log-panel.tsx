import type { JobHandle, LogEntry } from 'bacalhau-sdk';
import { useCallback, useLayoutEffect, useRef } from 'preact/hooks';
import { readingOf } from './connection.ts';
import { type LiveLog, type ReadLines, useLog } from './live.ts';
import { Failure, Notice } from './ui.tsx';

export function LogPanel({
  handle,
  engine,
  state,
}: {
  readonly handle: JobHandle;
  readonly engine: string;
  readonly state: string | undefined;
}) {
  const read: ReadLines = useCallback((signal) => printed(handle, engine, signal), [handle, engine]);
  const log = useLog(read);
  const box = useRef<HTMLElement>(null);
  const follows = useRef(true);

  // Keep the end in view, unless the user has scrolled up.
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && follows.current) current.scrollTop = current.scrollHeight;
  }, [log]);
  const onScroll = ({
    currentTarget: { scrollTop, scrollHeight, clientHeight },
  }: {
    currentTarget: HTMLElement;
  }): void => {
    follows.current = scrollHeight - scrollTop - clientHeight < 24;
  };

  return (
    <section class="panel" aria-label="Log">
      <div class="panel-head">
        <h2>Log</h2>
        <span class="muted" role="status">
          {words(log)}
        </span>
      </div>
      {log.error && <Failure error={log.error} retry={log.retry} />}
      {log.incomplete && (
        <Notice tone="warn">The output may be incomplete. The results have all of it, if they can be read.</Notice>
      )}
      <section
        class="log"
        ref={box}
        role="log"
        aria-live="polite"
        aria-label="Output of the job"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {log.before > 0 && <div class="muted">… {log.before.toLocaleString('en')} earlier lines are not shown</div>}
        {log.lines.map(({ key, stream, text }) => (
          <div key={key} class={stream}>
            {stream === 'stderr' && <span class="unseen">error output: </span>}
            {text === '' ? '\u00a0' : text}
          </div>
        ))}
        {log.lines.length === 0 && !log.error && <div class="muted">{empty(log, engine, state)}</div>}
      </section>
    </section>
  );
}

function words({ ended, error, lines, before }: LiveLog): string {
  if (error) return 'interrupted';
  const count = `${(lines.length + before).toLocaleString('en')} ${lines.length === 1 ? 'line' : 'lines'}`;
  return ended ? count : `following, ${count}`;
}

function empty({ ended }: LiveLog, engine: string, state: string | undefined): string {
  if (ended && engine === 'wasm' && state !== 'Completed') {
    return 'The output of a WebAssembly job is kept only if it has completed.';
  }
  if (ended) return 'The job printed nothing.';
  return engine === 'wasm' ? 'The output of a WebAssembly job is shown once it has ended.' : 'No output yet.';
}

/** Reads the output of a job line by line. */
async function* printed(
  handle: JobHandle,
  engine: string,
  signal: AbortSignal,
): AsyncGenerator<LogEntry, void, undefined> {
  // WebAssembly jobs have no log stream: their output is read from the results, through the relay.
  if (engine === 'wasm') await handle.wait({ signal });
  const results = readingOf(handle, await handle.typedResults({ signal }));
  yield* handle.logs({ follow: true, lines: true, signal, results });
}
