import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPython } from '../../packages/bacalhau-sdk/test/support/python.js';
import { describeWith, testWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';

const examples = join(__dirname, '..');
const { hostname, port } = new URL(process.env['BACALHAU_TEST_URL'] ?? '');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs an example as a person would, and gives what it printed. */
async function run(name: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], BACALHAU_API_HOST: hostname, BACALHAU_API_PORT: port, BACALHAU_DIR: folder };
  return promisify(execFile)(process.execPath, [join(examples, name, 'main.ts'), ...args], { cwd: folder, env });
}

test('hello-wasm', async () => {
  const { stdout, stderr } = await run('hello-wasm');
  expect(stdout).toBe('Hello from WebAssembly\n');
  expect(stderr).toMatch(/Job j-\S+ is complete; its output was published by local/);
}, 60_000);

test('live-history', async () => {
  const lines = (await run('live-history')).stdout.trim().split('\n');
  expect(lines[0]).toMatch(/^\d{4}-\S+Z {2}job {8}Submission {6}Job submitted$/);
  expect(lines.at(-1)).toMatch(/job {8}State Update {4}Completed$/);
}, 60_000);

test('fan-out', async () => {
  const name = `planets-${Date.now()}`;
  const greetings = async (...planets: string[]): Promise<string[]> =>
    (await run('fan-out', name, ...planets)).stdout.trim().split('\n').sort();
  expect(await greetings('Mars', 'Venus')).toEqual([
    expect.stringMatching(/^Hello Mars {2}j-\S+$/),
    expect.stringMatching(/^Hello Venus {2}j-\S+$/),
  ]);
  expect(await greetings('Mars', 'Earth', 'Venus')).toEqual([
    expect.stringMatching(/^Hello Earth {2}j-\S+$/),
    expect.stringMatching(/^Hello Mars {2}j-\S+ {2}existed already$/),
    expect.stringMatching(/^Hello Venus {2}j-\S+ {2}existed already$/),
  ]);
}, 120_000);

test('download-results', async () => {
  const { stdout, stderr } = await run('download-results', 'my-results');
  expect(
    stdout
      .trim()
      .split(/\s*\n\s*/)
      .sort(),
  ).toEqual(['0  stderr', '0  stdout', '1  exitCode', '20971520  outputs/noise.bin']);
  expect(stderr).toMatch(/The results of j-\S+ are in my-results/);
  expect((await stat(join(folder, 'my-results', 'outputs', 'noise.bin'))).size).toBe(20_971_520);

  // Again, into the same folder.
  const id = /of (j-\S+)/.exec(stderr)?.[1] ?? '';
  await run('download-results', 'my-results', id);
  expect((await readdir(join(folder, 'my-results'))).sort()).toEqual(['exitCode', 'outputs', 'stderr', 'stdout']);
}, 60_000);

// No node has an image with Python here, so its part of the example runs where Python is.
testWith(['python'], 'run-code calls a program in Python', async () => {
  const [program, input, output] = ['main.py', 'input.json', 'output.json'].map((name) => join(folder, name));
  await writeFile(String(program), 'def main(words):\n    return {"count": len(words)}\n');
  await writeFile(String(input), '["größer", "than"]');
  const runner = join(examples, 'run-code', 'run.py');
  await promisify(execFile)(String(findPython()), [runner, String(program), String(input), String(output)]);
  expect(JSON.parse(await readFile(String(output), 'utf8'))).toEqual({ count: 2 });
});

/** A node whose log of a container is missing says so after a minute, and the output then comes from elsewhere. */
const PATIENCE_MS = 240_000;

describeWith(['docker'], 'with Docker', () => {
  test(
    'hello-docker',
    async () => {
      const { stdout, stderr } = await run('hello-docker');
      expect(stdout).toMatch(/^Hello from \S+\n$/);
      expect(stderr).toMatch(/Job j-\S+ ran on node n-/);
    },
    PATIENCE_MS,
  );

  test(
    'follow-logs',
    async () => {
      const { stdout, stderr } = await run('follow-logs');
      expect(stdout).toBe('line 1\nline 2\nline 3\nline 4\nline 5\n');
      expect(stderr).toMatch(/^that is all\nJob j-\S+ ended with exit code 0\n$/);
    },
    PATIENCE_MS,
  );

  test(
    'local-files',
    async () => {
      const { stdout, stderr } = await run('local-files', join(examples, 'local-files', 'texts'), 'counted');
      expect(stdout.trim().split(/\s*\n\s*/)).toEqual(['20 couplet.txt', '13 haiku.txt', '33 total']);
      expect(stderr).toMatch(/The words are counted in counted\/out\/words/);
    },
    PATIENCE_MS,
  );

  test(
    'chain',
    async () => {
      const { stdout, stderr } = await run('chain', join(examples, 'local-files', 'texts'), 'ranked');
      expect(stdout.trim().split(/\s*\n\s*/)).toEqual(['2 So', '2 can', '2 long']);
      expect(stderr).toMatch(/The most frequent words are in ranked\/out\/top/);
    },
    PATIENCE_MS,
  );

  test(
    'run-code',
    async () => {
      const { stdout, stderr } = await run('run-code', 'javascript');
      expect(stdout).toBe('The mean is 6, the largest 10.\n');
      expect(stderr).toBe('counting 3 numbers\n');
    },
    PATIENCE_MS,
  );

  test(
    'job-file',
    async () => {
      const { stdout, stderr } = await run('job-file');
      expect(stdout).toBe('Hello, file\n');
      expect(stderr).toMatch(/Submitting from-a-file/);
    },
    PATIENCE_MS,
  );
});
