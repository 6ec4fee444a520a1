import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import { parseJob } from '../../src/job-files/index.js';
import { decode } from '../../src/job-files/yaml/decode.js';
import { type DryRun, dryRun } from '../support/cli-dry-run.js';
import { JOB_FILES, type JobFileCase } from '../support/job-file-cases.js';
import { serverSources } from '../support/server-sources.js';

/** Job files that the command line takes and this package does not, and why. */
const REFUSED_HERE_ONLY: Readonly<Record<string, string>> = {
  'a constraint with an unknown operator': 'the server refuses it',
  'a field twice, in another case': 'one of the two would be ignored',
  'a line separator': 'it cannot be seen, and means a new line in some places',
  'a param twice, in another case': 'which of the two counts is left to chance',
  'a second task': 'it would be ignored',
  'an unknown field of a task': 'it would be ignored',
  'an unknown field of an engine': 'it would be ignored',
  'docker without an image': 'nodes refuse it',
  'the value "[a:]"': 'newer YAML takes it for a mapping',
  'the value "{a:}"': 'newer YAML takes the colon for the end of the key',
  'two documents': 'the second would be ignored',
  'UTF-16 with placeholders': 'the placeholders would be in the job',
};

/** Job files that the command line refuses and this package takes: what they mean is plain, and the same in newer YAML. */
const TAKEN_HERE_ONLY: readonly string[] = ['the value "{\\"a\\"\\n          : b}"'];

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bacalhau-job-files-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const readByCli = ({ text, variables = {}, template }: JobFileCase): Promise<DryRun> => {
  const options = Object.entries(variables).flatMap(([name, value]) => ['--template-vars', `${name}=${value}`]);
  return dryRun(['job', 'run', ...options, ...(template === false ? ['--no-template'] : [])], text, dir);
};

async function readHere({ text, variables, template }: JobFileCase): Promise<DryRun> {
  try {
    const job = await parseJob(typeof text === 'string' ? text : decode(text), { variables, template });
    // What the command line makes of the job that would be sent.
    return await dryRun(['job', 'run', '--no-template'], JSON.stringify(job), dir);
  } catch (error) {
    if (error instanceof InvalidJobError) return { refusal: error.message };
    throw error;
  }
}

async function expectSame(name: string, file: JobFileCase): Promise<void> {
  const [theirs, ours] = await Promise.all([readByCli(file), readHere(file)]);
  if (name in REFUSED_HERE_ONLY) {
    expect(theirs).toEqual({ job: expect.any(String) });
    expect(ours).toEqual({ refusal: expect.any(String) });
  } else if (TAKEN_HERE_ONLY.includes(name)) {
    expect(theirs).toEqual({ refusal: expect.any(String) });
    expect(ours).toEqual({ job: expect.any(String) });
  } else if ('refusal' in theirs) {
    expect(ours).toEqual({ refusal: expect.any(String) });
  } else expect(ours).toEqual(theirs);
}

describe('the command line and this package read the same from', () => {
  test.each(Object.entries(JOB_FILES))('%s', expectSame);

  test('each job file of its own tests', async () => {
    const folder = join(await serverSources(), 'testdata', 'jobs');
    const names = await readdir(folder);
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) await expectSame(name, { text: await readFile(join(folder, name)) });
  });
});
