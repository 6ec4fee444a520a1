// Whether `npx changeset version` can use the notes in .changeset: at a release it would be too late.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseChangesetFile } from '@changesets/parse';
import { main, root } from './lib/workspace.mjs';

const FOLDER = '.changeset';

/** The packages that are released. */
const packages = readdirSync(join(root, 'packages')).map(
  (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).name,
);

function check(text) {
  const { releases, summary } = parseChangesetFile(text);
  if (releases.length === 0) throw new Error('it names no package');
  const unknown = releases.find(({ name }) => !packages.includes(name));
  if (unknown !== undefined) throw new Error(`it names ${unknown.name}, and the packages are ${packages.join(', ')}`);
  if (summary === '') throw new Error('it does not say what changed');
}

await main(() => {
  const files = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const problems = files.flatMap((name) => {
    try {
      check(readFileSync(join(root, FOLDER, name), 'utf8'));
      return [];
    } catch (error) {
      return [`${FOLDER}/${name}: ${error.message}`];
    }
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
});
