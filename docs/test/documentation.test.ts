import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';
import { mistakesIn } from './support/compile.js';
import { programsOf } from './support/document.js';
import { runProgram } from './support/run.js';

const root = join(__dirname, '..', '..');
const inFolder = (folder: string): string[] => readdirSync(join(root, folder)).map((name) => join(folder, name));
const documents = [
  ...[...inFolder('.'), ...inFolder('docs')].filter((path) => path.endsWith('.md')),
  ...[...inFolder('packages'), ...inFolder('examples')].map((folder) => join(folder, 'README.md')),
].filter((path) => existsSync(join(root, path)));
const programs = documents.flatMap((path) => programsOf(root, path));

/** Within the repository, so that the packages are found as an application finds them. */
const sources = join(__dirname, '..', '.cache');
let scratch: string;
beforeAll(() => {
  rmSync(sources, { recursive: true, force: true });
  mkdirSync(sources);
  scratch = mkdtempSync(join(tmpdir(), 'bacalhau-documentation-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('every block of code compiles, in strict TypeScript', () => {
  expect(programs.length).toBeGreaterThan(5);
  expect(mistakesIn(programs, sources)).toEqual([]);
}, 60_000);

for (const program of programs) {
  const { path, isTest, needs } = program;
  describeWith(needs, path, () => {
    const title = isTest ? 'the test in it passes' : 'its code runs, and prints what it says';
    test(title, async () => {
      const output = await runProgram(program, { sources, scratch });
      for (const expected of program.prints) expect(output).toContain(expected);
    }, 180_000);
  });
}
