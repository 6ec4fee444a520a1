// Generates packages/bacalhau-apiclient/src/generated from the document, byte for byte the same on every machine.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CLIENTS,
  GENERATOR,
  OPTIONS_FILE,
  PROVENANCE_FILE,
  provenanceOf,
  sha256,
  TEMPLATES_FOLDER,
} from '../src/provenance.ts';

const root = resolve(import.meta.dirname, '../..');

function fail(message) {
  console.error(message);
  process.exit(1);
}

function requireJava() {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
  } catch {
    fail(
      'Generating the client needs Java 11 or later on the PATH, and none was found.\n' +
        'Nothing else does: the generated client is committed, so building and testing work without Java.',
    );
  }
}

/** Outside node_modules, so that an install does not throw 32 MB away. */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(base, 'bacalhau-typescript', 'openapi-generator');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The npm wrapper downloads the jar but checks nothing, and keeps a truncated one for ever: so check, and remove. */
function verifiedJar() {
  const folder = cacheFolder();
  const jar = join(folder, `${GENERATOR.version}.jar`);
  if (!existsSync(jar)) {
    const settings = join(folder, 'openapitools.json');
    writeFileSync(settings, JSON.stringify({ 'generator-cli': { version: GENERATOR.version, storageDir: folder } }));
    const wrapper = createRequire(import.meta.url).resolve('@openapitools/openapi-generator-cli/main.js');
    execFileSync(process.execPath, [wrapper, '--openapitools', settings, 'version'], { stdio: 'inherit' });
  }
  const found = existsSync(jar) ? sha256(readFileSync(jar)) : 'nothing';
  if (found !== GENERATOR.jarSha256) {
    rmSync(jar, { force: true });
    fail(
      `The generator in ${folder} is not the expected one, and was removed.\n` +
        `expected sha256 ${GENERATOR.jarSha256}\nfound           ${found}\n` +
        'Run this again to download it anew. If that does not help, the download was tampered with or replaced.',
    );
  }
  return jar;
}

/** The generator escapes quotation marks everywhere, as string literals need it; in a comment an editor would show the backslash. */
function unescapeComments(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const written = lines.map((line) => (/^\s*\*/.test(line) ? line.replaceAll("\\'", "'") : line));
  writeFileSync(file, written.join('\n'));
}

requireJava();
const jar = verifiedJar();

for (const client of CLIENTS) {
  const scratch = mkdtempSync(join(tmpdir(), 'bacalhau-generate-'));
  try {
    // Java before 18 reads and writes files in the encoding of the locale unless told otherwise.
    const log = execFileSync(
      'java',
      // biome-ignore format: one option a line says less than one line a thing
      ['-Dfile.encoding=UTF-8', '-jar', jar, 'generate', '-i', join(root, client.document), '-c', join(root, OPTIONS_FILE),
        '-t', join(root, TEMPLATES_FOLDER), '-o', scratch],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const warnings = log.split('\n').filter((line) => /\b(WARN|ERROR)\b/.test(line));
    if (warnings.length > 0) fail(`The generator is not content with ${client.document}:\n${warnings.join('\n')}`);

    const output = join(root, client.output);
    rmSync(output, { recursive: true, force: true });
    cpSync(scratch, output, { recursive: true, filter: (path) => !path.includes('.openapi-generator') });
    for (const file of readdirSync(output)) unescapeComments(join(output, file));
    console.log(`${client.document} -> ${client.output}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

writeFileSync(join(root, PROVENANCE_FILE), `${JSON.stringify(provenanceOf(root), null, 2)}\n`);
