import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../src/version.js';

test('version.ts is what scripts/write-version.mjs generates from package.json', () => {
  const folder = join(__dirname, '..', '..');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  expect(VERSION).toBe(version);
  expect(readFileSync(join(folder, 'src', 'version.ts'), 'utf8')).toBe(
    `/** The version of this package. Generated from package.json by scripts/write-version.mjs. */\nexport const VERSION: string = '${version}';\n`,
  );
});
