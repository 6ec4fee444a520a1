/** `npm run bench [-- OPTION… NAME…]`: runs the programs of this folder one after the other, see README.md. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PINNED_SERVER_VERSION } from 'bacalhau-devnet';
import { toMarkdown, toText } from './lib/document.ts';
import type { Report } from './lib/program.ts';
import { type Entry, isReport, type Results, readResults } from './lib/results.ts';

/** Programs bound themselves; this ends one that does not. */
const LONGEST_MS = 2_400_000;
const folder = fileURLToPath(new URL('.', import.meta.url));
const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));
const document = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const args = process.argv.slice(2).filter((argument) => argument !== '--');
const isQuick = args.includes('--quick');
const options = args.filter((argument) => argument === '--quick' || argument.startsWith('--against='));
const wanted = args.filter((argument) => !options.includes(argument));
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== basename(fileURLToPath(import.meta.url)))
  .map((file) => basename(file, '.ts'))
  .sort();
const unknown = wanted.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. There are: ${all.join(', ')}.`);
  process.exit(2);
}

const earlier = Object.entries((await readResults(resultsFile))?.programs ?? {}).filter(([name]) => all.includes(name));
const programs: Record<string, Entry> = Object.fromEntries(earlier);
for (const name of wanted.length === 0 ? all : wanted) {
  console.error(`\n== ${name}`);
  const began = performance.now();
  const outcome = await run(name);
  const seconds = Math.round((performance.now() - began) / 1_000);
  const entry: Entry = { date: new Date().toISOString().slice(0, 10), seconds, ...outcome };
  console.log(`\n${toText(name, entry)}`);
  if ('failed' in entry) process.exitCode = 1;
  // After each, so that what comes later takes nothing along if it is broken off.
  programs[name] = entry;
  if (!isQuick) await write({ machine: machine(), versions: versions(), programs: inOrder(programs) });
}

async function write(results: Results): Promise<void> {
  await writeFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(document, toMarkdown(results));
}

function inOrder(entries: Readonly<Record<string, Entry>>): Readonly<Record<string, Entry>> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => one.localeCompare(other)));
}

/** Runs a program; that it fails must not keep the others from running. */
function run(name: string): Promise<{ readonly report: Report } | { readonly failed: string }> {
  return new Promise((resolve) => {
    const program = spawn(process.execPath, [`${folder}${name}.ts`, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const tooLong = setTimeout(() => program.kill(), LONGEST_MS);
    let output = '';
    program.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    program.once('error', (error) => resolve({ failed: error.message }));
    program.once('close', (code, signal) => {
      clearTimeout(tooLong);
      const line = output
        .split('\n')
        .filter((text) => text.startsWith('{'))
        .at(-1);
      const report = line === undefined ? undefined : parse(line);
      if (code === 0 && isReport(report)) resolve({ report });
      else if (signal !== null) resolve({ failed: `It was ended after ${LONGEST_MS / 60_000} minutes (${signal}).` });
      else resolve({ failed: code === 0 ? 'It printed no report.' : `It ended with exit code ${code}.` });
    });
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What kind of machine it was, and nothing by which it could be told from others of that kind. */
function machine(): string {
  const [{ model = 'unknown' } = {}, ...others] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${others.length + 1} × ${model.trim()}, ${gigabytes} GiB, ${process.platform} ${process.arch}`;
}

function versions(): Results['versions'] {
  return { node: process.version, 'Bacalhau server': PINNED_SERVER_VERSION };
}
