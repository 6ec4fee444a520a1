// The tables in docs/servers.md, from what the tests of each server found.
import { type CapabilityTable, tagOf } from '../../packages/bacalhau-sdk/test/support/capabilities.ts';
import type { Found, Results } from './results.ts';

/** Whether tests have shown that a task goes with a server in this way. */
export function isShown(found: Found | undefined, capability: string, value: string): boolean {
  const shown = (found?.tests ?? []).filter(
    ({ title, status }) => title.includes(tagOf(capability, value)) && status !== 'pending',
  );
  return shown.length > 0 && shown.every(({ status }) => status === 'passed');
}

/** What the table says and no test of the run has shown. */
export const unmeasured = ({ servers, rows }: CapabilityTable, results: Results): string[] =>
  servers.flatMap((server, index) =>
    Object.entries(rows)
      .map(([name, { values }]) => ({ name, value: values[index] ?? '' }))
      .filter(({ name, value }) => !isShown(results[server], name, value))
      .map(({ name, value }) => `${server}: no test has passed that shows ${tagOf(name, value)}`),
  );

/** The table as Prettier would lay it out. */
export function tableOf({ servers, rows }: CapabilityTable, results: Results): string {
  const body = Object.entries(rows).map(([name, { task, values }]) => [
    task,
    ...servers.map((server, index) => {
      const value = values[index] ?? '';
      return isShown(results[server], name, value) ? value : '?';
    }),
  ]);
  const head = ['task', ...servers];
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
