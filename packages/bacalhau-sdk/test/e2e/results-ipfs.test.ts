import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DownloadError } from '../../src/errors/download-error.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import { collect, networkClient } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { contentsOf, freshDirectories } from '../support/results.js';
import { writingJob } from '../support/wasm-jobs.js';

describeWith(['ipfs', 'ipfs-results'], 'results in IPFS', () => {
  const bacalhau = networkClient();
  const directory = freshDirectories();
  const ipfs = { api: process.env['BACALHAU_TEST_IPFS_API_URL'] ?? '' };
  let job: JobHandle;
  let executionId: string;

  beforeAll(async () => {
    job = await bacalhau.jobs.submit(await writingJob('pinned', { publisher: { Type: 'ipfs' }, blocks: 20 }));
    const { State } = await job.wait({ timeoutMs: 60_000 });
    expect(State?.StateType).toBe('Completed');
    executionId = (await job.executions()).items[0]?.ID ?? '';
    const [result] = await job.typedResults();
    if (result?.type !== 'ipfs') throw new Error('not in IPFS');
    expect(result.executionId).toBe(executionId);
  }, 90_000);

  test.each([
    ['a node', () => ({ api: `${ipfs.api}/` })],
    ['a gateway', () => ({ gateway: process.env['BACALHAU_TEST_IPFS_GATEWAY_URL'] })],
  ])('are read from %s', async (_name, options) => {
    const out = directory();
    const { results, files } = await job.download(out, { ipfs: options() });
    expect(results).toEqual([{ type: 'ipfs', executionId, folder: '', exitCode: 0 }]);
    expect(files).toHaveLength(4);
    expect(await contentsOf(out)).toEqual(['exitCode', 'outputs', 'outputs/data.bin', 'stderr', 'stdout']);
    expect(await readFile(join(out, 'stdout'), 'utf8')).toBe('pinned');
    expect((await readFile(join(out, 'outputs/data.bin'))).length).toBe(20 * 65_536);
  });

  test('are read file by file', async () => {
    const files = await collect(job.files({ ipfs }));
    expect(files.map(({ path }) => path).sort()).toEqual(['exitCode', 'outputs/data.bin', 'stderr', 'stdout']);
  });

  test('are kept as a TAR on request', async () => {
    const out = directory();
    await job.download(out, { ipfs, extract: false });
    expect(await contentsOf(out)).toEqual([`${executionId}.tar`]);
  });

  test('that the node does not have are an error', async () => {
    const error = await job
      .download(directory(), { ipfs: { api: `${ipfs.api}/nowhere` } })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({ reason: 'gone', status: 404 });
  });
});
