import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ago, shortId } from './format.ts';

const TONES: Readonly<Record<string, string>> = {
  Completed: 'good',
  Failed: 'bad',
  Stopped: 'off',
  Running: 'busy',
};

/** The state of a job: a word and a colour, and a newer server may know words that we do not. */
export function State({ of: state = 'Unknown' }: { readonly of: string | undefined }) {
  return <span class={`state ${TONES[state] ?? 'waiting'}`}>{state}</span>;
}

/** Long ids are cut to what a person recognises; the whole one is there to be pointed at and copied. */
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
  // Only pages that came over https, or from this machine, may write to the clipboard.
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

/** Says what is the matter where content would be. */
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

/** Keeps the place of what is still being fetched. */
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
