import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { asPart, asParts } from './description.ts';
import { type Difference, lineOf } from './difference.ts';

interface Known {
  readonly subject: string;
  readonly line: string;
  readonly reason: string;
}

export interface KnownDifference {
  readonly difference: Difference;
  readonly reason: string;
}

export interface Sorted {
  /** Differences that are not in the list. */
  readonly fresh: readonly Difference[];
  readonly known: readonly KnownDifference[];
  /** Entries of the list without a difference. */
  readonly gone: readonly Pick<Known, 'subject' | 'line'>[];
}

function readKnown(file: string): Known[] {
  const entries: unknown = parse(readFileSync(file, 'utf8'));
  return asParts(entries).flatMap(({ reason, differences }) => {
    if (typeof reason !== 'string' || reason === '') throw new Error(`${file}: every entry needs a reason`);
    return Object.entries(asPart(differences)).flatMap(([subject, lines]) => {
      if (!Array.isArray(lines)) throw new Error(`${file}: the differences of ${subject} are not a list`);
      return lines.map((line) => ({ subject, line: String(line), reason }));
    });
  });
}

/** Returns whether a text matches a pattern, in which `*` stands for any text. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** Sorts differences by whether the list of known differences contains them. */
export function sortByKnown(differences: readonly Difference[], file: string): Sorted {
  const entries = readKnown(file);
  const used = new Set<Known>();
  const fresh: Difference[] = [];
  const known: KnownDifference[] = [];
  for (const difference of differences) {
    const found = entries.filter(
      ({ subject, line }) => matches(subject, difference.subject) && matches(line, lineOf(difference)),
    );
    for (const entry of found) used.add(entry);
    const [first] = found;
    if (first === undefined) fresh.push(difference);
    else known.push({ difference, reason: first.reason });
  }
  return {
    fresh,
    known,
    gone: entries.filter((entry) => !used.has(entry)).map(({ subject, line }) => ({ subject, line })),
  };
}
