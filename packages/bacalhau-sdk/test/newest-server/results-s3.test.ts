import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { DownloadError } from '../../src/errors/download-error.js';
import type { SpecConfig } from '../../src/index.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { contentsOf, freshDirectories } from '../support/results.js';
import { awsVariables, s3Bucket, s3Credentials } from '../support/s3-server.js';
import { writingJob } from '../support/wasm-jobs.js';

const TREE = ['exitCode', 'outputs', 'outputs/data.bin', 'stderr', 'stdout'];

describeWith(['s3'], 'results in S3', () => {
  const store = { Bucket: s3Bucket.bucket, Region: 'us-east-1', Endpoint: s3Bucket.endpoint };
  const credentials = s3Credentials;
  const aws = awsVariables(credentials);
  const dir = keyDirectory();
  const directory = freshDirectories();
  let signing: Devnet;
  let bacalhau: Bacalhau;

  beforeAll(async () => {
    signing = await startDevnet({
      server: 'pinned',
      env: aws,
      config: { Publishers: { Types: { S3Managed: store } } },
    });
    bacalhau = new Bacalhau({ baseUrl: signing.url, env: {}, dir });
  }, 90_000);
  afterAll(async () => {
    await bacalhau.close();
    await signing.stop();
  });

  async function ran(publisher: SpecConfig, client = bacalhau): Promise<JobHandle> {
    const job = await client.jobs.submit(await writingJob('stored', { publisher, blocks: 4 }));
    const { State } = await job.wait({ timeoutMs: 60_000 });
    expect(State?.StateType).toBe('Completed');
    return job;
  }
  const onlyId = async (job: JobHandle): Promise<string> => (await job.executions()).items[0]?.ID ?? '';
  const archived = { Type: 's3', Params: { ...store, Key: 'archives/{jobID}/{executionID}.tar.gz' } };

  test('signed by the orchestrator need no credentials', async () => {
    const job = await ran(archived);
    const executionId = await onlyId(job);
    expect(await job.typedResults()).toEqual([
      {
        type: 's3PreSigned',
        managed: false,
        url: expect.stringContaining('X-Amz-Signature='),
        source: expect.objectContaining({
          bucket: store.Bucket,
          key: `archives/${job.id}/${executionId}.tar.gz`,
          endpoint: store.Endpoint,
        }),
        executionId,
      },
    ]);
    const out = directory();
    expect((await job.download(out)).results).toEqual([{ type: 's3PreSigned', executionId, folder: '', exitCode: 0 }]);
    expect(await contentsOf(out)).toEqual(TREE);
    expect(await readFile(join(out, 'stdout'), 'utf8')).toBe('stored');
  }, 60_000);

  test('of the managed publisher have the id of their execution', async () => {
    const job = await ran({ Type: 's3managed', Params: {} });
    const executionId = await onlyId(job);
    expect(await job.typedResults()).toEqual([
      { type: 's3PreSigned', managed: true, url: expect.stringContaining(executionId), executionId },
    ]);
    const out = directory();
    await job.download(out);
    expect(await contentsOf(out)).toEqual(TREE);
  }, 60_000);

  test('signed for another host are fetched through the one that can be reached', async () => {
    const job = await ran(archived);
    const { port } = new URL(store.Endpoint);
    const [result] = await job.typedResults();
    if (result?.type !== 's3PreSigned') throw new Error('not presigned');
    const out = directory();
    // `localhost` in place of `127.0.0.1`, while the signature is for the latter.
    await job.download(out, { hosts: { [`127.0.0.1:${port}`]: `localhost:${port}` } });
    expect(await contentsOf(out)).toEqual(TREE);
  }, 60_000);

  describe('stored as files', () => {
    let job: JobHandle;
    beforeAll(async () => {
      job = await ran({ Type: 's3', Params: { ...store, Key: 'plain files/{jobID}+(x)/', Encoding: 'plain' } });
    }, 60_000);

    test('take credentials', async () => {
      expect(await job.typedResults()).toEqual([
        expect.objectContaining({ type: 's3', bucket: store.Bucket, key: `plain files/${job.id}+(x)/` }),
      ]);
      const refused = await job.download(directory()).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(DownloadError);
      expect(refused).toMatchObject({
        reason: 'not-configured',
        message: expect.stringContaining('AWS_ACCESS_KEY_ID'),
      });
      const out = directory();
      const { results, loadedBytes, writtenBytes } = await job.download(out, { s3: { credentials } });
      expect(results).toEqual([{ type: 's3', executionId: await onlyId(job), folder: '', exitCode: 0 }]);
      expect(loadedBytes).toBe(writtenBytes);
      expect(await contentsOf(out)).toEqual(TREE);
    });

    test('are fetched only as far as they are selected', async () => {
      const s3 = { credentials };
      const limits = { totalBytes: 100 };
      const { loadedBytes, files } = await job.download(directory(), { s3, limits, include: ['/stdout'] });
      expect(files).toEqual([{ path: 'stdout', size: 6, executionId: await onlyId(job) }]);
      expect(loadedBytes).toBe(6);
      expect(await (await job.file('stdout', { s3, limits })).text()).toBe('stored');
    });

    test('take them from the environment as well', async () => {
      await using other = new Bacalhau({ baseUrl: signing.url, dir, env: aws });
      const files = await collect(other.jobs.handle(job.id).files());
      expect(files.map(({ path }) => path).sort()).toEqual(['exitCode', 'outputs/data.bin', 'stderr', 'stdout']);
    });

    test('are read one at a time without the others', async () => {
      for await (const file of job.files({ s3: { credentials } })) {
        if (file.path === 'stdout') expect(await file.text()).toBe('stored');
      }
    });

    test('are refused with wrong credentials, with the message of the store', async () => {
      const wrong = { ...credentials, secretAccessKey: 'wrong' };
      await expect(job.download(directory(), { s3: { credentials: wrong } })).rejects.toMatchObject({
        reason: 'refused',
        status: 403,
        message: expect.stringContaining('SignatureDoesNotMatch'),
      });
      await expect(job.download(directory(), { s3: { credentials: 'anonymous' } })).rejects.toMatchObject({
        reason: 'refused',
      });
    });

    test('are refused beyond the limits before one of them is fetched', async () => {
      const told: number[] = [];
      await expect(
        job.download(directory(), {
          s3: { credentials },
          limits: { entries: 3 },
          onProgress: ({ loadedBytes }) => told.push(loadedBytes),
        }),
      ).rejects.toMatchObject({ reason: 'too-large' });
      expect(told.filter((bytes) => bytes > 0)).toEqual([]);
    });
  });

  test('where the orchestrator signs nothing, an archive is read with credentials too', async () => {
    await using plain = await startDevnet({
      server: 'pinned',
      env: aws,
      config: { Publishers: { Types: { S3: { PreSignedURLDisabled: true } } } },
    });
    await using client = new Bacalhau({ baseUrl: plain.url, env: {}, dir });
    const job = await ran(archived, client);
    expect(await job.typedResults()).toEqual([expect.objectContaining({ type: 's3', executionId: await onlyId(job) })]);
    const out = directory();
    await job.download(out, { s3: { credentials } });
    expect(await contentsOf(out)).toEqual(TREE);
  }, 90_000);

  test('more objects than one page lists are all read', async () => {
    // Made by the test itself: no job writes 1,200 files in the time that a test has.
    const { AwsV4Signer } = await import('aws4fetch');
    const job = await ran({ Type: 's3', Params: { ...store, Key: 'many/{jobID}/', Encoding: 'plain' } });
    const put = async (key: string): Promise<void> => {
      const url = `${store.Endpoint}/${store.Bucket}/many/${job.id}/${key}`;
      const signed = await new AwsV4Signer({
        ...credentials,
        method: 'PUT',
        url,
        service: 's3',
        region: 'us-east-1',
      }).sign();
      const { status } = await fetch(signed.url, { method: 'PUT', headers: signed.headers, body: 'x' });
      expect(status).toBe(200);
    };
    for (let from = 0; from < 1_100; from += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => put(`more/${from + index}.txt`)));
    }
    const summary = await job.download(directory(), { s3: { credentials } });
    expect(summary.files.length).toBe(1_104);
  }, 90_000);

  test('an object that no longer exists is an error', async () => {
    const { AwsV4Signer } = await import('aws4fetch');
    const job = await ran(archived);
    const url = `${store.Endpoint}/${store.Bucket}/archives/${job.id}/${await onlyId(job)}.tar.gz`;
    const signed = await new AwsV4Signer({
      ...credentials,
      method: 'DELETE',
      url,
      service: 's3',
      region: 'us-east-1',
    }).sign();
    await fetch(signed.url, { method: 'DELETE', headers: signed.headers });
    await expect(job.download(directory())).rejects.toMatchObject({ reason: 'gone', status: 404 });
  }, 60_000);
});
