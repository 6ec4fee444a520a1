import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from '../../src/index.js';

const page = readFileSync(join(__dirname, '../../../../docs/errors.md'), 'utf8');
/** The first cells of its tables. */
const listed = [...page.matchAll(/^\| `(\w+Error)` +\|/gm)].map(([, name]) => name);

/** Parents that have no row. */
const PARENTS = ['ApiError', 'BacalhauError', 'CallError', 'DownloadError', 'JobError', 'UploadError'];

test('docs/errors.md has a row for each error class, and no other', () => {
  const exported = Object.keys(sdk).filter((name) => name.endsWith('Error'));
  expect([...listed].sort()).toEqual(exported.filter((name) => !PARENTS.includes(name)).sort());
});

test('docs/errors.md names the parents of those classes', () => {
  for (const name of PARENTS.filter((parent) => parent !== 'JobError')) expect(page).toContain(`\`${name}\``);
});
