import { type Difference, lineOf } from './difference.ts';
import type { Sorted } from './known.ts';

const isEndpoint = (subject: string): boolean => /^[A-Z]+ \//.test(subject);

const count = (number: number, one: string, several: string): string => `${number} ${number === 1 ? one : several}`;

function grouped<Item extends { readonly subject: string }>(
  items: readonly Item[],
  lines: (item: Item) => readonly string[],
): string[] {
  const subjects = [...new Set(items.map(({ subject }) => subject))].sort(
    // Endpoints first, by path.
    (a, b) =>
      Number(isEndpoint(b)) - Number(isEndpoint(a)) ||
      a.replace(/^\w+ /, '').localeCompare(b.replace(/^\w+ /, '')) ||
      a.localeCompare(b),
  );
  return subjects.flatMap((subject) => [
    '',
    subject,
    ...items.filter((item) => item.subject === subject).flatMap((item) => lines(item).map((line) => `  ${line}`)),
  ]);
}

const withDetails = (difference: Difference): string[] => [
  lineOf(difference),
  ...(difference.details ?? []).map((detail) => `    ${detail}`),
];

export interface ReportOptions {
  /** What was compared, such as `swagger.json`. */
  readonly title: string;
  /** Whether to include known differences, with their reasons. */
  readonly all: boolean;
  readonly notes?: readonly string[];
}

/** Writes a report for a person. */
export function reportOf({ fresh, known, gone }: Sorted, { title, all, notes = [] }: ReportOptions): string {
  const lines = [title, ...grouped(fresh, withDetails)];
  if (gone.length > 0) {
    lines.push('', 'Known, and gone: take these out of openapi/known-differences.yaml');
    lines.push(...grouped(gone, ({ line }) => [line]));
  }
  if (all && known.length > 0) {
    lines.push('', 'Known');
    for (const reason of new Set(known.map((entry) => entry.reason))) {
      lines.push('', `  ${reason}`);
      const because = known.filter((entry) => entry.reason === reason).map(({ difference }) => difference);
      lines.push(...grouped(because, (difference) => [lineOf(difference)]).map((line) => `  ${line}`));
    }
  }
  if (notes.length > 0) lines.push('', ...notes);
  const news = fresh.length + gone.length;
  const summary = news === 0 ? 'Nothing new.' : `${count(fresh.length, 'new difference', 'new differences')}.`;
  const rest =
    known.length === 0 ? '' : ` ${count(known.length, 'known one', 'known ones')} in openapi/known-differences.yaml.`;
  lines.push('', summary + rest);
  return lines.join('\n');
}
