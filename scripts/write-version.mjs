// Writes packages/bacalhau-sdk/src/version.ts from the package's version; the package's build runs it. A unit test fails
// where the two differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'bacalhau-sdk');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const file = join(folder, 'src', 'version.ts');
const text = `/** The version of this package. Generated from package.json by scripts/write-version.mjs. */
export const VERSION: string = '${version}';
`;
if (readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
