// Checks the workflows with actionlint, and that each action is pinned by commit with its version beside it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './lib/workspace.mjs';

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const folder = join(root, '.github', 'workflows');

export async function lintWorkflows() {
  const loose = readdirSync(folder).flatMap((file) => unpinned(file, readFileSync(join(folder, file), 'utf8')));
  if (loose.length > 0) throw new Error(`Not pinned by commit with its version beside it:\n${loose.join('\n')}`);
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
    if (process.env.CI) throw new Error('CI needs Go to lint the workflows.');
    console.log('skipped: there is no Go here, which actionlint is built with');
    return;
  }
  await run('go', ['run', ACTIONLINT]);
}

function unpinned(file, text) {
  return text
    .split('\n')
    .filter((line) => /^\s*(- )?uses:/.test(line) && !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
    .map((line) => `${file}: ${line.trim()}`);
}
