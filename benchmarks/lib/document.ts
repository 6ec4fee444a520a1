/** What was measured, for people: as a page, and as text for the terminal. */
import { isMet, type Measured, type Row } from './program.ts';
import type { Entry, Results } from './results.ts';

export function toMarkdown({ machine, versions, programs }: Results): string {
  const sections = Object.entries(programs).map(([name, entry]) => section(name, entry));
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${[INTRODUCTION, `Machine: ${machine}. ${used.join(', ')}.`, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Benchmarks

<!-- Made by \`npm run bench\`. Do not edit. -->

\`\`\`sh
npm run bench
\`\`\`

starts a real Bacalhau network, measures, and writes this page. [benchmarks/](../benchmarks) has the programs and says how to
run some of them; \`benchmarks/results.json\` has the figures.

A figure is a median, with its quartiles in brackets. Most are ratios (×): ours divided by another's, measured in turns in one
run against the same server, so that a busy or slow machine affects both. _Details_ has the figures behind a ratio, and others
to compare with. A target is met if the median meets it. Times and rates are those of the machine below; ratios are easier to
compare between machines.`;

function section(name: string, entry: Entry): string {
  const title = 'failed' in entry ? name : entry.report.title;
  const head = `## ${title}`;
  const made = `\`npm run bench ${name}\`, ${entry.seconds} s, ${entry.date}`;
  if ('failed' in entry) return `${head}\n\n${made}\n\n**Failed.** ${entry.failed}`;
  const { rows, notes = [], skipped } = entry.report;
  if (skipped !== undefined) return `${head}\n\n${made}\n\n**Skipped.** ${skipped}`;
  const table = [
    '| benchmark | measured | target | met | details |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${cells(row).map(escaped).join(' | ')} |`),
  ].join('\n');
  const missed = rows.filter((row) => isMet(row) === false);
  const held = missed.flatMap(({ what, reason }) => (reason === undefined ? [] : [`- **${what}**: ${reason}`]));
  const parts = [head, ...notes, table];
  if (held.length > 0) parts.push(`Why targets were missed:\n\n${held.join('\n')}`);
  return [...parts, made].join('\n\n');
}

/** The same for a terminal. */
export function toText(name: string, entry: Entry): string {
  if ('failed' in entry) return `${name} failed: ${entry.failed}`;
  const { rows, notes = [], skipped } = entry.report;
  if (skipped !== undefined) return `${name} skipped: ${skipped}`;
  const lines = rows.map((row) => {
    const [what, measured, target, met, beside] = cells(row);
    return `${what}\n    ${measured}${target === '' ? '' : `, target ${target}: ${met}`}\n    details: ${beside}`;
  });
  return [...lines, ...notes].join('\n');
}

function cells(row: Row): readonly string[] {
  const { what, target, unit, beside = [] } = row;
  const met = isMet(row);
  return [
    what,
    figure(row),
    target === undefined
      ? ''
      : 'atMost' in target
        ? `≤ ${number(target.atMost, unit)}`
        : `≥ ${number(target.atLeast, unit)}`,
    met === undefined ? '' : met ? 'yes' : '**no**',
    beside.map(({ name, ...value }) => `${name} ${figure(value)}`).join('; '),
  ];
}

function figure({ measured: { median, low, high, samples }, unit }: Measured): string {
  const value = number(median, unit);
  return samples === 1 ? value : `${value} (${bare(low)}–${bare(high)})`;
}

const number = (value: number, unit: string): string => (unit === 'x' ? `${bare(value)} ×` : `${bare(value)} ${unit}`);

/** Three digits that count, and all before the point. */
function bare(value: number): string {
  const digits = value === 0 ? 0 : 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toLocaleString('en', { maximumFractionDigits: Math.min(Math.max(digits, 0), 3) });
}

const escaped = (text: string): string => text.replaceAll('|', '\\|');
