// What `npm run check` and `npm test` do first.
import { stage } from './stage.mjs';
import { install, runTool } from './workspace.mjs';

/** Reads the sources, and runs nothing of them. Nothing has to be built. */
export async function checkSources() {
  await stage('install', install);
  await stage('lint', () => runTool('biome', ['ci', '--error-on-warnings', '.']));
  await stage('types', () => runTool('node', ['scripts/typecheck.mjs']));
  await stage('changesets', () => runTool('node', ['scripts/lint-changesets.mjs']));
  await stage('imports', () => runTool('node', ['scripts/lint-imports.mjs']));
}
