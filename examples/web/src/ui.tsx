import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ago, shortId } from './format.ts';

const TONES: Readonly<Record<string, string>> = {
  Failed: 'bad',
  Stopped: 'off',
  Running: 'busy',
};

/**
 * Shows the state of a job. A newer server may send states that are not in `TONES`. Of a job that has completed it says how
 * its program ended: servers call a job completed whatever the exit code.
 */
export function State({
  of: state = 'Unknown',
  exitCode,
}: {
  readonly of: string | undefined;
  readonly exitCode: number | undefined;
}) {
  if (state !== 'Completed') return <span class={`state ${TONES[state] ?? 'waiting'}`}>{state}</span>;
  if (!exitCode) return <span class={`state ${exitCode === 0 ? 'good' : 'off'}`}>{state}</span>;
  return (
    <span class="state bad" title="The job has completed, and its program has failed.">
      Exit code {exitCode}
    </span>
  );
}

/** Shows a shortened id, with the full one as its title. */
export function Id({ of: id }: { readonly of: string }) {
  return (
    <code class="id" title={id}>
      {shortId(id)}
    </code>
  );
}

export function CopyId({ of: id }: { readonly of: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied ? setTimeout(() => setCopied(false), 2_000) : undefined;
    return () => clearTimeout(timer);
  }, [copied]);
  // Only pages served over https or from this machine may write to the clipboard.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard === undefined) return <Id of={id} />;
  return (
    <span class="copy-id">
      <Id of={id} />
      <button
        type="button"
        class="quiet small"
        aria-label={`Copy the id ${id}`}
        onClick={() => void clipboard.writeText(id).then(() => setCopied(true))}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}

export function Ago({ time }: { readonly time: Date }) {
  return (
    <time dateTime={time.toISOString()} title={time.toLocaleString('en')}>
      {ago(time)}
    </time>
  );
}

/** Shows a message in place of content. */
export function Notice({
  tone = 'plain',
  title,
  children,
}: {
  readonly tone?: 'plain' | 'bad' | 'warn';
  readonly title?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      {title !== undefined && <strong>{title}</strong>}
      {children !== undefined && <div>{children}</div>}
    </div>
  );
}

/** Says what went wrong, and offers to try again. */
export function Failure({
  error,
  title,
  retry,
}: {
  readonly error: Error;
  readonly title?: string;
  readonly retry: () => void;
}) {
  return (
    <Notice tone="bad" {...(title === undefined ? {} : { title })}>
      <p>{error.message}</p>
      <button type="button" class="small" onClick={retry}>
        Try again
      </button>
    </Notice>
  );
}

/** Shows placeholders while content is loading. */
export function Loading({ rows, label }: { readonly rows: number; readonly label: string }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class="bone" />
      ))}
    </div>
  );
}
