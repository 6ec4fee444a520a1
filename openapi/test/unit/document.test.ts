import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createConformanceChecker, DOCUMENT_FILE, LEGACY_DOCUMENT_FILE } from '../../src/index.js';
import { PROVENANCE_FILE, provenanceOf } from '../../src/provenance.js';

const folder = resolve(__dirname, '../..');
const root = dirname(folder);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('the documents pass the linter', async () => {
  const redocly = join(folder, 'node_modules/@redocly/cli/bin/cli.js');
  const arguments_ = [redocly, 'lint', '--config', 'redocly.yaml'];
  await promisify(execFile)(process.execPath, arguments_, { cwd: folder });
}, 30_000);

test('the committed client was generated from the current description', () => {
  // Whoever changes the document, the options or a template has to run `pnpm generate`.
  expect(provenanceOf(root)).toEqual(JSON.parse(read(PROVENANCE_FILE)));
});

test.each([
  ['v1', DOCUMENT_FILE],
  ['legacy', LEGACY_DOCUMENT_FILE],
])('the %s client has a method for every operation', (folderOfClient, document) => {
  const client = read(`packages/bacalhau-apiclient/src/generated/${folderOfClient}/api.ts`);
  for (const operation of createConformanceChecker(document).operationIds) {
    expect(client).toContain(`\n    ${operation}(`);
  }
});
