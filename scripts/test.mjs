// `npm test`: everything that decides whether a change is good. Arguments are passed on to jest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkSources } from './lib/check-sources.mjs';
import { showTimings, stage } from './lib/stage.mjs';
import { main, root, run, runTool } from './lib/workspace.mjs';
import { lintWorkflows } from './lint-workflows.mjs';

const cache = join(root, 'node_modules', '.cache');
const summaries = join(cache, 'jest-summaries');
/** Two runs of jest beside each other, each a test at a time: no two share a server, and most of their time is waiting. */
const RUNS = {
  'newest server': ['--selectProjects', 'e2e', 'packed'],
  'the rest': ['--ignoreProjects', 'e2e', 'packed'],
};
/** Continuous integration has all that tests need on Linux only. */
const isCompleteRun = Boolean(process.env.CI) && process.platform === 'linux';
/** Bacalhau's server does not run there, so jest.config.mjs leaves out what needs one; nor does the generator. */
const isWindows = process.platform === 'win32';

await main(async () => {
  clearResults();
  try {
    await checkSources();
    await stage('workflows', lintWorkflows);
    await stage('build', () => runTool('turbo', ['run', 'build', '--output-logs=errors-only']));
    await stage('unused', () => runTool('knip', ['--no-progress']));
    await stage('packages', () => runTool('node', ['scripts/check-packages.mjs']));
    await stage('API report', () => runTool('node', ['scripts/api-report.mjs']));
    await stage('documentation', () => runTool('node', ['docs/site/build.mjs']));
    if (!isWindows) {
      await stage('generated client', checkGenerated);
      await stage('server', () => runTool('node', ['scripts/lib/prepare-server.ts']));
    }
    if (process.platform === 'linux') await stage('slim path', () => run('node', ['scripts/slim-path.mjs']));
    if (isCompleteRun || !process.env.CI) await stage('budgets', () => runTool('node', ['scripts/budgets/main.ts']));
    await stage('jest', jest);
    // Only a complete run has found something about each server.
    if (isCompleteRun && process.argv.length === 2) {
      await stage('servers', () => runTool('node', ['scripts/servers/main.ts']));
    }
  } finally {
    showTimings();
    summarise();
  }
});

/** The committed client must be what the spec gives. Only this needs Java; a test compares hashes everywhere. */
async function checkGenerated() {
  const java = spawnSync('java', ['-version'], { stdio: 'ignore' });
  if (java.status !== 0) {
    if (isCompleteRun) throw new Error('CI needs Java to regenerate the client.');
    console.log('skipped: there is no Java here, which only people who change the spec need');
    return;
  }
  await runTool('turbo', ['run', 'generate', '--filter=bacalhau-openapi', '--output-logs=new-only']);
  await run('git', ['diff', '--exit-code', '--stat', '--', 'packages/bacalhau-apiclient']);
}

function clearResults() {
  for (const folder of [summaries, join(cache, 'server-results')]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(summaries, { recursive: true });
}

async function jest() {
  const chosen = process.argv.slice(2);
  // There is no server for Windows.
  if (chosen.length > 0 || isWindows) await jestRun('chosen', chosen);
  else await allOf(Object.entries(RUNS).map(([name, projects]) => jestRun(name, projects)));
}

function jestRun(name, args) {
  const summary = join(summaries, `${name.replace(' ', '-')}.json`);
  return runTool('jest', ['--json', `--outputFile=${summary}`, ...args]);
}

/** Waits for the end of each, and fails if one did. */
async function allOf(runs) {
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function summarise() {
  const found = readdirSync(summaries).map((file) => JSON.parse(readFileSync(join(summaries, file), 'utf8')));
  if (found.length === 0) return; // jest was not reached
  const sum = (name) => found.reduce((total, summary) => total + summary[name], 0);
  const skipped = sum('numPendingTests');
  console.log(`\nTests: ${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${skipped} skipped`);
  if (isCompleteRun && skipped > 0) {
    console.error('In CI on Linux no test may be skipped.');
    process.exitCode = 1;
  }
}
