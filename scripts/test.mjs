// `npm test`: everything that decides whether a change is good. Arguments are passed on to jest.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkSources } from './lib/check-sources.mjs';
import { showTimings, stage } from './lib/stage.mjs';
import { main, root, run, runTool } from './lib/workspace.mjs';
import { lintWorkflows } from './lint-workflows.mjs';

const summaryFile = join(root, 'node_modules', '.cache', 'jest-summary.json');
/** Continuous integration has all that tests need on Linux only. */
const isCompleteRun = Boolean(process.env.CI) && process.platform === 'linux';
/** Bacalhau's server does not run there, so jest.config.mjs leaves out what needs one; nor does the generator. */
const isWindows = process.platform === 'win32';

await main(async () => {
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

async function jest() {
  mkdirSync(join(summaryFile, '..'), { recursive: true });
  rmSync(summaryFile, { force: true });
  await runTool('jest', ['--json', `--outputFile=${summaryFile}`, ...process.argv.slice(2)]);
}

function summarise() {
  let summary;
  try {
    summary = JSON.parse(readFileSync(summaryFile, 'utf8'));
  } catch {
    return; // jest was not reached
  }
  console.log(
    `\nTests: ${summary.numPassedTests} passed, ${summary.numFailedTests} failed, ${summary.numPendingTests} skipped`,
  );
  if (isCompleteRun && summary.numPendingTests > 0) {
    console.error('In CI on Linux no test may be skipped.');
    process.exitCode = 1;
  }
}
