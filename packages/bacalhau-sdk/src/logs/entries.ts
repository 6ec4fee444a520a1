import type { LogEntry } from './options.js';

/** Marks entries where more may have been printed. */
export type Mark = Pick<LogEntry, 'incomplete' | 'incompleteReason'>;

export const incompleteMark = (incompleteReason: string): Mark => ({ incomplete: true, incompleteReason });

const TRUNCATED = incompleteMark('the server reports that it lost output');

/** Marks an entry after which more may have been printed. */
export const truncationMark = (isTruncated: boolean | undefined): Mark => (isTruncated ? TRUNCATED : {});

/** Returns the entry for a text, or none if there is no text. */
export const entriesFor = (
  executionId: string,
  stream: LogEntry['stream'],
  text: string | undefined,
  mark: Mark,
): readonly LogEntry[] => (text ? [{ stream, text, executionId, ...mark }] : []);
