import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { publishers } from '../../src/builders/publishers.js';
import { wasm } from '../../src/builders/wasm.js';
import { JobExistsError } from '../../src/errors/job-errors.js';
import { catModule } from '../support/cat-module.js';
import { FILE_SIZE, filesOf, manyFiles, sorted } from '../support/many-files.js';
import { freshName, networkClient } from '../support/network.js';
import { describeWith, testWith } from '../support/requirements.js';
import { SAMPLE_FOLDER } from '../support/sample-folder.js';
import { writeFiles } from '../support/write-files.js';

const bacalhau = networkClient();
const { jobs } = bacalhau;
const BUSYBOX = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
/** Small enough to run beside the jobs of other tests. */
const small = { resources: { cpu: '10m', memory: '32MB' }, timeouts: { queueSeconds: 60 } };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'local-files-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** Returns the files of that size in a text, in an order of their own. */
const blocksOf = (bytes: Buffer): string[] =>
  Array.from({ length: Math.ceil(bytes.length / FILE_SIZE) }, (_, index) =>
    bytes.subarray(index * FILE_SIZE, (index + 1) * FILE_SIZE).toString('hex'),
  ).sort();

describe('a WebAssembly job', () => {
  testWith(['run'], 'reads the files of a folder of this machine', async () => {
    await writeFiles(home, SAMPLE_FOLDER);
    const names = Object.keys(SAMPLE_FOLDER);
    const { stdout } = await jobs.run(
      wasm({
        ...small,
        module: await catModule(),
        parameters: names.map((name) => `in/data/${name}`),
        inputs: [inputs.files(home, { target: '/in/data' })],
      }),
    );
    expect(stdout).toBe(Object.values(SAMPLE_FOLDER).join(''));
  });

  testWith(['run'], 'reads 300 files byte for byte, and a file as it is', async () => {
    const files = manyFiles();
    await writeFiles(home, Object.fromEntries(files));
    const text = 'a file by itself\n';
    const job = await jobs.submit(
      wasm({
        ...small,
        module: await catModule(),
        parameters: [...[...files.keys()].map((path) => `many/${path}`), 'single.txt'],
        inputs: [
          inputs.files(home, { target: '/many' }),
          inputs.files(new File([text], 'x'), { target: '/single.txt' }),
        ],
        publisher: publishers.local(),
      }),
    );
    await job.wait();
    let stdout: Uint8Array | undefined;
    for await (const file of job.files()) if (file.path === 'stdout') stdout = await file.bytes();
    // A busy node of 1.6.0 keeps what a program wrote in another order now and then: one of seven runs.
    const printed = Buffer.from(stdout ?? []);
    const at = printed.indexOf(text);
    expect(at % FILE_SIZE).toBe(0);
    const rest = Buffer.concat([printed.subarray(0, at), printed.subarray(at + text.length)]);
    expect(blocksOf(rest)).toEqual(blocksOf(Buffer.concat([...files.values()])));
  });
});

testWith(
  ['run'],
  'a job with the same content is the same job, wherever the folder is, and with other content another one',
  async () => {
    const name = freshName('same');
    const submit = async (folder: string) =>
      jobs.submit(
        wasm({
          ...{ ...small, name, parameters: ['in/b.txt'] },
          module: await catModule(),
          inputs: [inputs.files(join(home, folder), { target: '/in' })],
        }),
      );
    await writeFiles(join(home, 'one'), SAMPLE_FOLDER);
    await writeFiles(join(home, 'two'), Object.fromEntries(Object.entries(SAMPLE_FOLDER).reverse()));
    await writeFiles(join(home, 'three'), { ...SAMPLE_FOLDER, 'b.txt': 'B' });
    const first = await submit('one');
    const again = await submit('two');
    expect(again.id).toBe(first.id);
    expect([first.deduplicated, again.deduplicated]).toEqual([false, true]);
    await expect(submit('three')).rejects.toBeInstanceOf(JobExistsError);
    await first.wait();
  },
);

describeWith(['docker', 'run'], 'a Docker job', () => {
  test('gets 300 files and gives them back byte for byte', async () => {
    const files = manyFiles();
    await writeFiles(join(home, 'in'), Object.fromEntries(files));
    const job = await jobs.submit(
      docker({
        ...{ ...small, image: BUSYBOX, parameters: ['cp', '-r', '/in/.', '/out/'], outputs: { out: '/out' } },
        inputs: [inputs.files(join(home, 'in'), { target: '/in' })],
        publisher: publishers.local(),
      }),
    );
    await job.wait();
    await job.download(join(home, 'results'));
    expect(sorted(await filesOf(join(home, 'results', 'out')))).toEqual(sorted(files));
  });

  test('finds files that everybody can read and run, and a file by itself that only its own user can read', async () => {
    await writeFiles(home, { 'a/b': '' });
    const { stdout } = await jobs.run(
      docker({
        ...{ ...small, image: BUSYBOX, parameters: ['stat', '-c', '%a', '/in', '/in/a', '/in/a/b', '/single'] },
        inputs: [inputs.files(home, { target: '/in' }), inputs.files(new Blob(['x']), { target: '/single' })],
      }),
    );
    expect(stdout).toBe('755\n755\n755\n600\n');
  });

  test('runs a script of a folder, though it has no mode that says so', async () => {
    await writeFiles(home, { 'tools/greet': '#!/bin/sh\necho "hello $1"\n' });
    const { stdout } = await jobs.run(
      docker({
        ...{ ...small, image: BUSYBOX, parameters: ['/work/tools/greet', 'Ada'] },
        inputs: [inputs.files(home, { target: '/work' })],
      }),
    );
    expect(stdout).toBe('hello Ada\n');
  });
});
