// `npm run servers [-- --update]`: compares docs/servers.md and the number of tests with what the last `npm test` found on
// each server, or writes them anew. What no test has shown is an error either way.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CURRENT, LEGACY } from '../../packages/bacalhau-sdk/test/support/capabilities.ts';
import { readResults, root } from './results.ts';
import { tableOf, unmeasured } from './table.ts';

const DOCUMENT = 'docs/servers.md';
const COUNTS = 'packages/bacalhau-sdk/test/test-counts.json';
const BEGIN = '<!-- made by `npm run servers -- --update` -->';
const END = '<!-- end -->';
/** In their order in the document. */
const TABLES = [CURRENT, LEGACY];
const SERVERS = TABLES.flatMap(({ servers }) => servers);

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const results = readResults();
const problems = TABLES.flatMap((table) => unmeasured(table, results));

const document = readFileSync(join(root, DOCUMENT), 'utf8');
const [start = '', ...parts] = document.split(BEGIN);
if (parts.length !== TABLES.length) throw new Error(`${DOCUMENT} needs ${TABLES.length} of ${BEGIN} … ${END}.`);
const sections = TABLES.map((table, index) => {
  const [, ...rest] = (parts[index] ?? '').split(END);
  if (rest.length !== 1) throw new Error(`${DOCUMENT} has no ${END} after ${BEGIN}.`);
  return `${BEGIN}\n\n${tableOf(table, results)}\n\n${END}${rest.join('')}`;
});
const made = [start, ...sections].join('');

const counts: Record<string, number> = JSON.parse(readFileSync(join(root, COUNTS), 'utf8'));
const counted = Object.fromEntries(SERVERS.map((server) => [server, results[server]?.passed ?? 0]));

if (values.update && problems.length === 0) {
  writeFileSync(join(root, DOCUMENT), made);
  writeFileSync(join(root, COUNTS), `${JSON.stringify(counted, undefined, 2)}\n`);
} else {
  if (made !== document) problems.push(`${DOCUMENT} says otherwise than the tests: run npm run servers -- --update`);
  for (const server of SERVERS) {
    const [is = 0, was = 0] = [counted[server], counts[server]];
    if (is < was) problems.push(`${server}: ${is} tests passed, ${COUNTS} has ${was}`);
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(SERVERS.map((server) => `${server}: ${counted[server]} tests`).join(', '));
