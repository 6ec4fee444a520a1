import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { NotFoundError } from '../../src/errors/api-errors.js';
import { RequestAbortedError } from '../../src/errors/call-errors.js';
import { DownloadError } from '../../src/errors/download-error.js';
import type { Job } from '../../src/index.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import type { DownloadProgress } from '../../src/results/types.js';
import { collect, freshName, networkClient } from '../support/network.js';
import { describeWith, testWith } from '../support/requirements.js';
import { contentsOf, freshDirectories } from '../support/results.js';
import { endlessJob, printingJob, writingJob } from '../support/wasm-jobs.js';

const BLOCKS = 40;
const SIZE = BLOCKS * 65_536;

const bacalhau = networkClient();
const directory = freshDirectories();

describeWith(['local-results'], 'the results of a job with the local publisher', () => {
  let spec: Job;
  let job: JobHandle;
  let executionId: string;

  beforeAll(async () => {
    spec = await writingJob('written', { blocks: BLOCKS });
    job = await bacalhau.jobs.submit(spec);
    await job.wait({ timeoutMs: 60_000 });
    executionId = (await job.executions()).items[0]?.ID ?? '';
  }, 90_000);

  test('are reached by other addresses for logs and runs, too', async () => {
    const [result] = await job.typedResults();
    if (result?.type !== 'url') throw new Error('The result is not a URL.');
    const { host, origin } = new URL(result.url);
    const paths: string[] = [];
    const relay = createServer((incoming, outgoing) => {
      paths.push(incoming.url ?? '');
      request(`${origin}${incoming.url}`, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      }).end();
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    try {
      const results = { hosts: { [host]: `127.0.0.1:${(relay.address() as AddressInfo).port}` } };
      const log = await collect(job.logs({ results }));
      expect(log.map(({ text }) => text).join('')).toBe('written');
      expect(paths).toEqual([new URL(result.url).pathname]);
      expect(await bacalhau.jobs.run(spec, { results })).toMatchObject({ jobId: job.id, stdout: 'written' });
      expect(paths).toHaveLength(2);
    } finally {
      relay.closeAllConnections();
      relay.close();
    }
  }, 60_000);

  test('are a URL, and of an execution', async () => {
    expect(await job.typedResults()).toEqual([
      { type: 'url', url: expect.stringMatching(/^http:\/\/.*\.tar\.gz$/), executionId },
    ]);
  });

  test('are read file by file without writing anything', async () => {
    const files: Record<string, number | string> = {};
    for await (const file of job.files()) {
      expect(file.executionId).toBe(executionId);
      if (file.path === 'stdout') files[file.path] = await file.text();
      else if (file.path === 'outputs/data.bin') {
        let size = 0;
        for await (const chunk of file.stream()) size += chunk.length;
        files[file.path] = size;
      } else files[file.path] = file.size;
    }
    expect(files).toEqual({ stdout: 'written', stderr: 0, exitCode: 1, 'outputs/data.bin': SIZE });
  });

  test('can be left early, and reading a file that the loop has passed is an error', async () => {
    const files = job.files();
    for await (const file of files) {
      expect(file.size).toBeGreaterThanOrEqual(0);
      break;
    }
    const [first] = await collect(job.files());
    await expect(first?.text()).rejects.toThrow(/can no longer be read/);
  });

  test('are one file on request, which can be read after other calls', async () => {
    const stdout = await job.file('stdout');
    const file = await job.file('outputs/data.bin');
    expect(file).toMatchObject({ path: 'outputs/data.bin', size: SIZE, executionId });
    await job.executions();
    expect(await stdout.text()).toBe('written');
    expect((await new Response(file.stream()).arrayBuffer()).byteLength).toBe(SIZE);
    await expect(file.text()).rejects.toMatchObject({
      reason: 'gone',
      message: expect.stringMatching(/was read already/),
    });
  });

  test('name the files that there are to one who asks for another', async () => {
    const error = await job.file('data.bin').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({
      reason: 'no-match',
      entry: 'data.bin',
      message: expect.stringMatching(
        `There is no file "data\\.bin" in the result of ${executionId}.*"outputs/data\\.bin"`,
      ),
    });
  });

  test('are only what the patterns of include select', async () => {
    const out = directory();
    const { files, results, writtenBytes } = await job.download(out, { include: ['/std*', 'outputs/'] });
    expect(await contentsOf(out)).toEqual(['outputs', 'outputs/data.bin', 'stderr', 'stdout']);
    expect(files).toHaveLength(3);
    expect(writtenBytes).toBe(SIZE + 'written'.length);
    expect(results).toEqual([{ type: 'url', executionId, folder: '' }]);
    const selected = await collect(job.files({ include: ['*.bin'] }));
    expect(selected.map(({ path }) => path)).toEqual(['outputs/data.bin']);
  });

  test('leave nothing where a pattern of include matches no file', async () => {
    const out = directory();
    const include = ['stdout', '*.csv'];
    const problem = { reason: 'no-match', entry: '*.csv', message: expect.stringContaining('"outputs/data.bin"') };
    await expect(job.download(out, { include })).rejects.toMatchObject(problem);
    expect(await contentsOf(join(out, '..'))).toEqual([]);
    const read: string[] = [];
    const reading = (async () => {
      for await (const { path } of job.files({ include })) read.push(path);
    })();
    await expect(reading).rejects.toMatchObject(problem);
    expect(read).toEqual(['stdout']);
  });

  test('are written into a directory as they are, with progress', async () => {
    const told: DownloadProgress[] = [];
    const out = directory();
    const summary = await job.download(out, { onProgress: (progress) => told.push(progress) });
    expect(await contentsOf(out)).toEqual(['exitCode', 'outputs', 'outputs/data.bin', 'stderr', 'stdout']);
    expect(await readFile(join(out, 'stdout'), 'utf8')).toBe('written');
    expect((await stat(join(out, 'outputs', 'data.bin'))).size).toBe(SIZE);
    expect(summary).toMatchObject({
      directory: out,
      results: [{ type: 'url', executionId, folder: '', exitCode: 0 }],
      writtenBytes: SIZE + 'written'.length + 1,
    });
    expect(summary.files.map(({ path }) => path).sort()).toEqual(['exitCode', 'outputs/data.bin', 'stderr', 'stdout']);
    expect(told.at(-1)).toEqual({
      loadedBytes: summary.loadedBytes,
      totalBytes: summary.loadedBytes,
      writtenBytes: summary.writtenBytes,
      files: 4,
      result: 1,
      results: 1,
    });
  });

  test('do not replace existing files unless overwrite is set', async () => {
    const out = directory();
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'stdout'), 'mine');
    await expect(job.download(out)).rejects.toMatchObject({ reason: 'exists', entry: 'stdout' });
    expect(await contentsOf(out)).toEqual(['stdout']);
    expect(await readFile(join(out, 'stdout'), 'utf8')).toBe('mine');
    await job.download(out, { overwrite: true });
    expect(await readFile(join(out, 'stdout'), 'utf8')).toBe('written');
  });

  test('are kept as an archive on request', async () => {
    const out = directory();
    const { files } = await job.download(out, { extract: false });
    expect(await contentsOf(out)).toEqual([`${executionId}.tar.gz`]);
    expect(files).toEqual([{ path: `${executionId}.tar.gz`, size: expect.any(Number), executionId }]);
  });

  test('get a folder of their own on request', async () => {
    const out = directory();
    await job.download(out, { layout: 'byExecution' });
    expect(await contentsOf(join(out, executionId))).toContain('stdout');
  });

  test('are refused beyond the limits and leave no file', async () => {
    const out = directory();
    await expect(job.download(out, { limits: { totalBytes: 1_000 } })).rejects.toMatchObject({ reason: 'too-large' });
    await expect(job.download(out, { limits: { entries: 2 } })).rejects.toMatchObject({ reason: 'too-large' });
    expect(await contentsOf(join(out, '..'))).toEqual([]);
  });

  test('leave nothing when the download is aborted', async () => {
    const out = directory();
    const controller = new AbortController();
    const download = job.download(out, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(download).rejects.toBeInstanceOf(RequestAbortedError);
    expect(await contentsOf(join(out, '..'))).toEqual([]);
  });
});

testWith(
  ['two-nodes'],
  'several results go into a folder each',
  async () => {
    const job = await bacalhau.jobs.submit(await writingJob('twice', { Count: 2 }));
    await job.wait({ timeoutMs: 60_000 });
    const out = directory();
    const { results } = await job.download(out);
    const ids = (await job.executions()).items.map(({ ID }) => ID).sort();
    expect(results.map(({ folder }) => folder).sort()).toEqual(ids);
    for (const id of ids) expect(await readFile(join(out, id, 'stdout'), 'utf8')).toBe('twice');

    const [one = ''] = ids;
    const files = await collect(job.files({ executionId: one }));
    expect(new Set(files.map(({ executionId }) => executionId))).toEqual(new Set([one]));
  },
  60_000,
);

describe('a job without results says why', () => {
  test('it has no publisher', async () => {
    const spec = await printingJob('none');
    const [task] = spec.Tasks;
    if (task === undefined) throw new Error('no task');
    const job = await bacalhau.jobs.submit({ ...spec, Tasks: [{ ...task, Publisher: { Type: '' } }] });
    await job.wait({ timeoutMs: 60_000 });
    expect(await job.typedResults()).toEqual([]);
    await expect(job.download(directory())).rejects.toThrow('has no publisher');
    await expect(collect(job.files())).rejects.toMatchObject({ name: 'DownloadError', reason: 'no-results' });
  });

  test('it still runs', async () => {
    const job = await bacalhau.jobs.submit(await endlessJob());
    await expect(job.download(directory())).rejects.toThrow(/no results yet/);
    await job.stop();
    await job.wait({ timeoutMs: 60_000 });
    await expect(job.download(directory())).rejects.toThrow(/has stopped/);
  });

  test('it is a service', async () => {
    const job = await bacalhau.jobs.submit({ ...(await endlessJob()), Type: 'service' });
    try {
      const error = await job.download(directory()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DownloadError);
      expect(error).toMatchObject({ reason: 'no-results', message: expect.stringContaining('service job') });
    } finally {
      await job.stop();
    }
  });

  test('it does not exist', async () => {
    await expect(bacalhau.jobs.handle(freshName('j')).download(directory())).rejects.toBeInstanceOf(NotFoundError);
  });
});
