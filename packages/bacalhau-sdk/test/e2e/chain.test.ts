import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { publishers } from '../../src/builders/publishers.js';
import { NotFoundError } from '../../src/errors/api-errors.js';
import { JobFailedError } from '../../src/errors/job-errors.js';
import { JobExitError } from '../../src/outcome/job-exit-error.js';
import { freshName, networkClient } from '../support/network.js';
import { describeWith, testWhere, testWith } from '../support/requirements.js';
import { has } from '../support/server.js';
import { writeFiles } from '../support/write-files.js';

const bacalhau = networkClient();
const { jobs } = bacalhau;
const BUSYBOX = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';

/** A job that runs a script of the shell, small enough to run beside those of other tests. */
const script = (text: string, settings: Partial<Parameters<typeof docker>[0]>) =>
  docker({
    ...{ image: BUSYBOX, entrypoint: ['sh', '-ec', text], outputs: { out: '/out' } },
    ...{ resources: { cpu: '10m', memory: '32MB' }, timeouts: { queueSeconds: 60 } },
    ...settings,
  });

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'chain-'));
  await writeFiles(join(home, 'texts'), { 'one.txt': 'b a c\n', 'more/two.txt': 'a d\n' });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const WORDS = "cat /in/*.txt /in/more/*.txt | tr ' ' '\\n' > /out/words";

describeWith(['docker', 'run'], 'a chain of three jobs', () => {
  testWith(
    ['local-results'],
    'by the local publisher unpacks what each job hands to the next',
    async () => {
      const publisher = publishers.local();
      const unpack = 'mkdir /tmp/in && tar -xzf /in/*.tar.gz -C /tmp/in && cd /tmp/in/out';
      const words = await jobs.submit(
        script(WORDS, { publisher, inputs: [inputs.files(join(home, 'texts'), { target: '/in' })] }),
      );
      const sorted = await jobs.submit(
        script(`${unpack} && sort words > /out/sorted`, {
          publisher,
          inputs: [words.asInput({ target: '/in', as: 'archive' })],
        }),
      );
      const unique = await jobs.submit(
        script(`${unpack} && uniq -c sorted > /out/counted`, {
          publisher,
          inputs: [sorted.asInput({ target: '/in', as: 'archive' })],
        }),
      );
      await unique.wait();
      await unique.download(join(home, 'results'));
      const counted = await readFile(join(home, 'results/out/counted'), 'utf8');
      expect(counted.replaceAll(/ +/g, ' ')).toBe(' 2 a\n 1 b\n 1 c\n 1 d\n');
    },
    120_000,
  );

  testWith(
    ['local-results'],
    'whose middle job fails submits no third one, and names the second',
    async () => {
      const publisher = publishers.local();
      const first = await jobs.submit(script('date > /out/now', { publisher }));
      const second = await jobs.submit(
        script('echo no such luck >&2; exit 3', {
          publisher,
          inputs: [first.asInput({ target: '/in', as: 'archive' })],
        }),
      );
      const name = freshName('third');
      const third = jobs.submit(
        script('true', { name, publisher, inputs: [second.asInput({ target: '/in', as: 'archive' })] }),
      );
      const error = await third.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(JobExitError);
      expect(error).toMatchObject({
        jobId: second.id,
        exitCode: 3,
        message: expect.stringMatching(/exit code 3\. It printed: no such luck/),
      });
      if (has('name-lookup')) await expect(jobs.get(name)).rejects.toBeInstanceOf(NotFoundError);
    },
    120_000,
  );
});

describeWith(['docker', 'ipfs', 'run'], 'a chain of jobs by IPFS', () => {
  testWith(
    ['ipfs-results', 'ipfs-inputs'],
    'finds the files of one job in the next',
    async () => {
      const publisher = publishers.ipfs();
      const words = await jobs.submit(
        script(WORDS, { publisher, inputs: [inputs.files(join(home, 'texts'), { target: '/in' })] }),
      );
      const sorted = await jobs.run(
        script('sort /in/out/words > /out/sorted', { publisher, inputs: [words.asInput({ target: '/in' })] }),
      );
      const { stdout } = await jobs.run(
        script('uniq /in/out/sorted', { publisher, inputs: [inputs.result(sorted, { target: '/in' })] }),
      );
      expect(stdout).toBe('a\nb\nc\nd\n');
    },
    120_000,
  );

  testWhere(
    ['ipfs-inputs', 'no'],
    'fails with what the IPFS node answers the compute node',
    async () => {
      const publisher = publishers.ipfs();
      const first = await jobs.submit(script('date > /out/now', { publisher }));
      const second = jobs.run(script('cat /in/out/now', { publisher, inputs: [first.asInput({ target: '/in' })] }));
      const error = await second.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(JobFailedError);
      expect(error).toMatchObject({
        message: expect.stringMatching(/IPFS storage provider .* removed, use 'ipfs dag'/),
      });
    },
    120_000,
  );
});
