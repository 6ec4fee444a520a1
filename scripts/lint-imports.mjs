// `npm run lint:imports`: no cycle, no import upwards or past a folder's door (.dependency-cruiser.mjs), and no file that only
// hands on what others export, but for doors and entry points.
import { globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import ts from 'typescript';
import { main, root, run } from './lib/workspace.mjs';

const FOLDERS = [
  'packages/bacalhau-apiclient/src',
  'packages/bacalhau-devnet/src',
  'packages/bacalhau-opentelemetry/src',
  'packages/bacalhau-sdk/src',
  'openapi/src',
];
/** Besides each index.ts. */
const ENTRY_POINTS = new Set(
  ['packages/bacalhau-apiclient/src/legacy.ts', 'packages/bacalhau-sdk/src/signatures/entry.ts'].map(normalize),
);

await main(async () => {
  await run('depcruise', ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', ...FOLDERS]);
  const files = globSync(
    FOLDERS.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  );
  const found = files.filter((file) => !/\bindex\.ts$/.test(file) && !ENTRY_POINTS.has(file) && onlyHandsOn(file));
  if (found.length > 0) {
    throw new Error(
      `These files only export again what others export. Import from those instead:\n${found.join('\n')}`,
    );
  }
});

function onlyHandsOn(file) {
  const { statements } = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
  return (
    statements.length > 0 &&
    statements.every((statement) => ts.isExportDeclaration(statement) || ts.isImportDeclaration(statement))
  );
}
