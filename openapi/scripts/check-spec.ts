// Compares bacalhau.yaml with a server or a server's own swagger.json: `npm run check-spec FILE|URL`.
// Exits with 0 if there are no new differences, with 1 if there are, with 2 if the comparison failed.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareDescriptions } from '../src/check-spec/compare.ts';
import { Description } from '../src/check-spec/description.ts';
import { type Sorted, sortByKnown } from '../src/check-spec/known.ts';
import { reportOf } from '../src/check-spec/report.ts';
import { inspectServer } from '../src/check-spec/server.ts';
import { DOCUMENT_FILE } from '../src/checker.ts';

const USAGE = `usage: npm run check-spec -- [--all] [--json] swagger.json | http://HOST:PORT

Compares openapi/bacalhau.yaml with a server's swagger.json (Swagger 2.0 or OpenAPI 3), or with the responses of a running
server to every read-only request. Credentials for that: BACALHAU_API_KEY, or BACALHAU_API_USERNAME and
BACALHAU_API_PASSWORD.

  --all       also print the known differences, with the reasons in openapi/known-differences.yaml
  --json      print JSON
  --document  a description other than openapi/bacalhau.yaml
  --known     a list other than openapi/known-differences.yaml`;

interface Found {
  readonly sorted: Sorted;
  readonly title: string;
  readonly notes: readonly string[];
}

// npm runs this in the workspace's folder, and sets INIT_CWD to the folder of the user.
const file = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);

async function compare(subject: string, document: string, known: string): Promise<Found> {
  if (/^https?:\/\//.test(subject)) {
    const { version, differences, answers, notAsked } = await inspectServer(subject);
    return {
      // The list of known differences is about descriptions, not about responses.
      sorted: { fresh: differences, known: [], gone: [] },
      title: `${subject} (Bacalhau ${version}), ${answers} answers`,
      notes: ['Not asked:', ...notAsked.map((line) => `  ${line}`)],
    };
  }
  const differences = compareDescriptions(Description.read(document), Description.read(file(subject)));
  return { sorted: sortByKnown(differences, known), title: subject, notes: [] };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      document: { type: 'string' },
      known: { type: 'string' },
    },
  });
  const [subject, ...others] = positionals;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (subject === undefined || others.length > 0) throw new Error(USAGE);
  const document = values.document === undefined ? DOCUMENT_FILE : file(values.document);
  const known = fileURLToPath(new URL('../known-differences.yaml', import.meta.url));
  const { sorted, title, notes } = await compare(
    subject,
    document,
    values.known === undefined ? known : file(values.known),
  );
  const { fresh, gone } = sorted;
  if (values.json)
    console.log(JSON.stringify({ compared: title, new: fresh, gone, known: sorted.known }, undefined, 2));
  else console.log(reportOf(sorted, { title, all: values.all, notes }));
  return fresh.length + gone.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
