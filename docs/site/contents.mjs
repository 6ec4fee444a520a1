// What stands on the site beside the home page and the reference of the packages, in the order of the navigation.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const found = globSync(
  ['*.md', 'docs/*.md', 'examples/README.md', 'examples/*/README.md', 'openapi/README.md', 'benchmarks/README.md'],
  {
    cwd: root,
  },
);
const existing = (paths) => paths.filter((path) => found.includes(path));

const guides = existing([
  'docs/first-job.md',
  'docs/logs.md',
  'docs/results.md',
  'docs/fan-out.md',
  'docs/connecting.md',
  'docs/errors.md',
  'docs/browser.md',
  'docs/testing.md',
]);
const overviews = existing([
  'docs/servers.md',
  'docs/calls.md',
  'docs/from-python.md',
  'docs/legacy.md',
  'docs/compatibility.md',
  'docs/benchmarks.md',
]);
const examples = found.filter((path) => /^examples\/([^/]+\/)?README\.md$/.test(path)).sort();
const project = existing([
  'CONTRIBUTING.md',
  'docs/regenerating.md',
  'openapi/README.md',
  'docs/architecture.md',
  'docs/benchmarks.md',
]);

const placed = new Set(['README.md', ...guides, ...overviews, ...examples, ...project]);
const others = found.filter((path) => !placed.has(path) && !path.startsWith('examples/'));

/** The documents of each group, by their paths in the repository. One that is not named above is found all the same. */
export const contents = {
  Guides: [...guides, ...others.filter((path) => path.startsWith('docs/'))],
  'At a glance': overviews,
  Examples: examples,
  Project: [...project, ...others.filter((path) => !path.startsWith('docs/'))],
};
