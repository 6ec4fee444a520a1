// The documents on the site, by kind and in the order of the navigation. The home page and the reference of the packages are
// added by TypeDoc.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const REPOSITORY = 'https://github.com/bacalhau-project/bacalhau-typescript';

const found = globSync(
  ['*.md', 'docs/*.md', 'examples/README.md', 'examples/*/README.md', 'openapi/README.md', 'benchmarks/README.md'],
  { cwd: root },
);
const guides = (...names) => names.map((name) => `docs/${name}.md`).filter((path) => found.includes(path));

const kinds = {
  Tutorial: guides('first-job'),
  'How-to guides': guides(
    'submit-jobs',
    'job-files',
    'inputs',
    'logs',
    'results',
    'fan-out',
    'connecting',
    'handle-errors',
    'browser',
    'testing',
    'recipes',
    'from-python',
    'legacy',
  ),
  Reference: guides(
    'options',
    'settings',
    'errors',
    'calls',
    'servers',
    'compatibility',
    'legacy-reference',
    'benchmarks',
  ),
  Explanation: guides(
    'log-streams',
    'downloads',
    'requests-in-flight',
    'server-behaviour',
    'design-decisions',
    'architecture',
  ),
  Examples: found.filter((path) => /^examples\/([^/]+\/)?README\.md$/.test(path)).sort(),
};
const placed = new Set(['README.md', ...Object.values(kinds).flat()]);

/** The documents of each group, by their paths in the repository. One that is not listed above is put into the last. */
export const contents = { ...kinds, Project: found.filter((path) => !placed.has(path)).sort() };

/** The documents that a search shows before the names of the reference. */
export const isFoundFirst = (path) =>
  !path.includes('legacy') &&
  ['Tutorial', 'How-to guides', 'Reference', 'Explanation'].some((group) => contents[group].includes(path));
