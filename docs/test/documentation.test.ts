import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';
import { isKnown } from './support/commands.js';
import { mistakesIn } from './support/compile.js';
import { commandsOf, programsOf } from './support/document.js';
import { Reader } from './support/reader.js';

const root = join(__dirname, '..', '..');
const inFolder = (folder: string): string[] => readdirSync(join(root, folder)).map((name) => join(folder, name));
const documents = [
  ...[...inFolder('.'), ...inFolder('docs')].filter((path) => path.endsWith('.md')),
  ...['openapi', 'benchmarks', 'examples', ...inFolder('packages'), ...inFolder('examples')].map((folder) =>
    join(folder, 'README.md'),
  ),
].filter((path) => existsSync(join(root, path)));
const programs = documents.flatMap((path) => programsOf(root, path));

let reader: Reader;
beforeAll(() => {
  reader = new Reader();
});
afterAll(() => reader.leave());

test('every block of code compiles, in strict TypeScript', () => {
  expect(programs.length).toBeGreaterThan(5);
  expect(mistakesIn(programs, reader.sources)).toEqual([]);
}, 60_000);

for (const program of programs) {
  const { path, isTest, needs } = program;
  describeWith(needs, path, () => {
    const title = isTest ? 'the test in it passes' : 'its code runs and prints the output that it shows';
    test(title, async () => {
      // The first program that somebody tries is tried again.
      const output = await reader.run(program, path === 'README.md' ? 2 : 1);
      for (const expected of program.prints) expect(output).toContain(expected);
    }, 180_000);
  });
}

test('every file that docs/architecture.md names exists', () => {
  const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const sources = join(root, 'packages', 'bacalhau-sdk', 'src');
  const files = [...text.matchAll(/`([\w-]+\/[\w/-]+\.ts)`/g)].flatMap(([, file]) => file ?? []);
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(files.filter((file) => !existsSync(join(sources, file)))).toEqual([]);
});

test('every command in a document exists', () => {
  const unknown = documents.flatMap((path) =>
    commandsOf(root, path).flatMap((command) => (isKnown(root, command) ? [] : [`${path}: ${command}`])),
  );
  expect(unknown).toEqual([]);
});

describe('the first commands of README.md', () => {
  test('npm start', async () => {
    expect(await reader.command('npm', 'start')).toContain('Hello');
  }, 180_000);

  // The tests of the examples check what they do. This one checks that the command runs an example.
  test('npm run example download-results', async () => {
    const folder = join(reader.home, 'results');
    await reader.command('npm', 'run', 'example', 'download-results', '--', folder);
    expect(readdirSync(folder)).toContain('stdout');
  }, 180_000);

  test('npx bacalhau-devnet', async () => {
    let url = '';
    await reader.session(
      ['npx', 'bacalhau-devnet'],
      /export BACALHAU_API_HOST=(\S+) BACALHAU_API_PORT=(\d+)/,
      async (found) => {
        url = `http://${found[1]}:${found[2]}/api/v1/agent/alive`;
        expect((await fetch(url)).status).toBe(200);
      },
    );
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  }, 180_000);
});
