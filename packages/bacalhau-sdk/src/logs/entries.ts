import type { LogEntry } from './options.js';

/** Marks an entry after which more may have been printed. */
export const truncationMark = (isTruncated: boolean | undefined): Pick<LogEntry, 'incomplete'> =>
  isTruncated ? { incomplete: true } : {};

/** Returns the entry for a text, or none if there is no text. */
export const entriesFor = (
  executionId: string,
  stream: LogEntry['stream'],
  text: string | undefined,
  mark: Pick<LogEntry, 'incomplete'>,
): readonly LogEntry[] => (text ? [{ stream, text, executionId, ...mark }] : []);
