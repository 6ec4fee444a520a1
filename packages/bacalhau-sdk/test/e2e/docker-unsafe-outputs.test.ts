import fs from 'node:fs/promises';
import { join } from 'node:path';
import { docker, publishers } from '../../src/index.js';
import { collect, freshName, networkClient } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { contentsOf, freshDirectories } from '../support/results.js';

const directory = freshDirectories();

describeWith(['docker'], 'a Docker job whose outputs have links and a FIFO', () => {
  const bacalhau = networkClient();
  const image = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';
  const jobWith = (script: string) =>
    docker({
      image,
      name: freshName('unsafe'),
      entrypoint: ['sh', '-c'],
      parameters: [`${script}; i=0; while [ $i -lt 500 ]; do echo "line $i"; i=$((i+1)); done`],
      outputs: { outputs: '/outputs' },
      publisher: publishers.local(),
    });
  const whole = Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join('');

  test.each([
    ['a link', 'echo fine >/outputs/a; ln -s /etc/passwd /outputs/link', 'outputs/link', 'symbolic-link'],
    ['a link to a folder', 'echo fine >/outputs/a; ln -s / /outputs/link', 'outputs/link', 'symbolic-link'],
    ['a FIFO', 'echo fine >/outputs/a; mkfifo /outputs/pipe', 'outputs/pipe', 'fifo'],
  ])(
    'has all of its other files and its whole output, with %s',
    async (_name, script, path, kind) => {
      const result = await bacalhau.jobs.run(jobWith(script), { timeoutMs: 60_000 });
      expect(result).toMatchObject({ exitCode: 0, stdout: whole, outputComplete: true });
      const job = bacalhau.jobs.handle(result.jobId);
      const out = directory();
      const summary = await job.download(out);
      const [executionId] = result.executions.map((execution) => execution.executionId);
      expect(summary.skipped).toEqual([{ path, kind, executionId }]);
      expect(await contentsOf(out)).toEqual(['exitCode', 'outputs', 'outputs/a', 'stderr', 'stdout']);
      expect(await fs.readFile(join(out, 'outputs/a'), 'utf8')).toBe('fine\n');
      const paths = (await collect(job.files())).map((file) => file.path);
      expect(paths).toEqual(expect.arrayContaining(['stdout', 'outputs/a']));
    },
    120_000,
  );
});
