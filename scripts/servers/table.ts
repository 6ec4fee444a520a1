// The table in docs/servers.md, from what the tests of each server found.
import {
  CAPABILITIES,
  type Capability,
  SERVERS,
  type Server,
  tagOf,
  valueOn,
} from '../../packages/bacalhau-sdk/test/support/capabilities.ts';
import type { Found, Results } from './results.ts';

const names = Object.keys(CAPABILITIES).filter((name): name is Capability => name in CAPABILITIES);

/** How a task goes with a server, or `undefined` if no test has shown it. */
export function measured(found: Found | undefined, server: Server, capability: Capability): string | undefined {
  const value = valueOn(server, capability);
  const shown = (found?.tests ?? []).filter(
    ({ title, status }) => title.includes(tagOf(capability, value)) && status !== 'pending',
  );
  return shown.length > 0 && shown.every(({ status }) => status === 'passed') ? value : undefined;
}

/** What the table says and no test of the run has shown. */
export const unmeasured = (results: Results): string[] =>
  SERVERS.flatMap((server) =>
    names
      .filter((capability) => measured(results[server], server, capability) === undefined)
      .map((name) => `${server}: no test has passed that shows ${tagOf(name, valueOn(server, name))}`),
  );

/** The table as Prettier would lay it out. */
export function tableOf(results: Results): string {
  const rows = names.map((name) => [
    CAPABILITIES[name].task,
    ...SERVERS.map((server) => measured(results[server], server, name) ?? '?'),
  ]);
  const all = [['task', ...SERVERS], ...rows];
  const widths = ['task', ...SERVERS].map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
