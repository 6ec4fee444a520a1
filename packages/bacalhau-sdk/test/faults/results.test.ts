import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import axios from 'axios';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import { DownloadError } from '../../src/errors/download-error.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { ResultFile } from '../../src/results/types.js';
import { tarGzOf, tarOf } from '../support/archives.js';
import { expectMode } from '../support/file-modes.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { contentsOf, freshDirectories } from '../support/results.js';
import { resultsApi, serve, storeServer, urlItem } from '../support/store-server.js';

const dir = keyDirectory();
const directory = freshDirectories();
const clients: Bacalhau[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

function jobAt(baseUrl: string, options: ClientOptions = {}) {
  const client = new Bacalhau({ baseUrl, env: {}, dir, ...options });
  clients.push(client);
  return { client, job: client.jobs.handle('j-1') };
}

/** Some files; the last one is half a megabyte that does not compress. */
let archive: Buffer;
const data = randomBytes(500_000);
beforeAll(async () => {
  archive = await tarGzOf([
    { name: './', type: 'directory', mode: 0o755 },
    { name: './stdout', content: 'hello', mode: 0o600 },
    { name: './exitCode', content: '3' },
    { name: './outputs/run.sh', content: 'true', mode: 0o4755 },
    { name: './outputs/data.bin', content: data },
  ]);
});

/** A store that sends the beginning of the archive and no more, and the end of its connection. */
async function stallingStore() {
  let ended = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const store = await storeServer((request, response) => {
    request.socket.once('close', ended);
    response.writeHead(200, { 'content-length': archive.length });
    response.write(archive.subarray(0, 100_000));
  });
  return { ...store, closed };
}

const FILES = ['exitCode', 'outputs', 'outputs/data.bin', 'outputs/run.sh', 'stdout'];

/** What a download left, in the directory and beside it. */
const leftBy = (out: string): Promise<string[]> => contentsOf(join(out, '..'));

const failure = async (promise: Promise<unknown>): Promise<DownloadError> => {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(DownloadError);
  if (!(error instanceof DownloadError)) throw error;
  return error;
};

test('result hosts get no credentials or headers of the client', async () => {
  await using store = await storeServer((request, response) => serve(request, response, archive));
  await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
  axios.defaults.headers.common['Authorization'] = 'Bearer of the application';
  try {
    const { job } = jobAt(api.url, {
      headers: { authorization: 'Bearer secret', 'x-api-key': 'secret', cookie: 'a=b' },
    });
    await job.download(directory());
  } finally {
    Reflect.deleteProperty(axios.defaults.headers.common, 'Authorization');
  }
  expect(api.seen[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'x-api-key': 'secret' });
  expect(store.seen.map(({ headers }) => Object.keys(headers).sort())).toEqual([
    ['accept-encoding', 'connection', 'host', 'user-agent'],
  ]);
});

test("results are fetched through the client's own agent", async () => {
  await using store = await storeServer((request, response) => serve(request, response, archive));
  await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
  const httpAgent = new Agent({ keepAlive: true });
  const connect = jest.spyOn(httpAgent, 'createConnection');
  await jobAt(api.url, { httpAgent }).job.download(directory());
  const ports = connect.mock.calls.map(([options]) => String(options.port));
  expect(ports).toEqual(expect.arrayContaining([new URL(api.url).port, String(store.port)]));
  httpAgent.destroy();
});

test('hosts may map to a relay with a path', async () => {
  await using store = await storeServer((request, response) => serve(request, response, archive));
  await using api = await resultsApi(() => [urlItem('http://node-1.invalid:6001/a.tar.gz')]);
  const { job } = jobAt(api.url);
  const [first] = await collect(job.files({ hosts: { 'node-1.invalid:6001': `${store.url}/results/j-1/` } }));
  expect(first?.path).toBe('stdout');
  expect(store.seen.map(({ url }) => url)).toEqual(['/results/j-1/a.tar.gz']);
});

describe('a broken connection', () => {
  test('is continued where it broke', async () => {
    await using store = await storeServer((request, response, number) =>
      serve(request, response, archive, number < 3 ? { until: number * 100_000 } : {}),
    );
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    const summary = await jobAt(api.url).job.download(out);
    expect(await fs.readFile(join(out, 'outputs/data.bin'))).toEqual(data);
    expect(summary).toMatchObject({ loadedBytes: archive.length, results: [{ exitCode: 3 }] });
    expect(store.seen.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      ['bytes=100000-', '"one"'],
      ['bytes=200000-', '"one"'],
    ]);
  });

  test('restarts where the host supports no ranges, without counting bytes twice', async () => {
    await using store = await storeServer((_request, response, number) => {
      response.writeHead(200, { 'content-length': archive.length });
      if (number > 1) response.end(archive);
      else response.write(archive.subarray(0, 300_000), () => setTimeout(() => response.destroy(), 20));
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    expect((await jobAt(api.url).job.download(out)).loadedBytes).toBe(archive.length);
    expect(await fs.readFile(join(out, 'outputs/data.bin'))).toEqual(data);
  });

  interface SecondAnswer {
    readonly etag?: string;
    readonly length?: number;
    readonly contentRange?: string;
    readonly status?: number;
  }
  test.each<[string, SecondAnswer, DownloadError['reason']]>([
    ['another ETag', { etag: '"two"' }, 'changed'],
    ['another length', { length: 1 }, 'changed'],
    ['another part', { contentRange: 'bytes 5-9/10' }, 'damaged'],
    ['no further bytes', { status: 416 }, 'changed'],
  ])('that continues with %s is an error', async (_name, second, reason) => {
    const { etag = '"one"', length, contentRange, status } = second;
    await using store = await storeServer((request, response, number) => {
      if (number === 1) return serve(request, response, archive, { until: 200_000 });
      const headers = {
        etag,
        ...(contentRange !== undefined && { 'content-range': contentRange }),
        'content-length': length ?? archive.length,
      };
      response.writeHead(status ?? (contentRange === undefined ? 200 : 206), headers);
      response.flushHeaders();
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    expect(await failure(jobAt(api.url).job.download(out))).toMatchObject({ reason });
    expect(await leftBy(out)).toEqual([]);
  });

  test('is given up after maxRetries', async () => {
    await using store = await storeServer((request, response) => serve(request, response, archive, { until: 100_000 }));
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    const error = await failure(jobAt(api.url).job.download(out, { maxRetries: 2 }));
    expect(error).toMatchObject({ reason: 'unreachable', url: `${store.url}/a.tar.gz` });
    expect(store.seen.length).toBe(3);
    expect(await leftBy(out)).toEqual([]);
  });

  test('that stalls is retried', async () => {
    await using store = await storeServer((request, response, number) => {
      if (number > 1) return serve(request, response, archive);
      response.writeHead(200, { etag: '"one"', 'content-length': archive.length });
      response.write(archive.subarray(0, 100_000));
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    await jobAt(api.url).job.download(directory(), { stallTimeoutMs: 150 });
    expect(store.seen[1]?.headers.range).toBe('bytes=100000-');
  });

  test('is not assumed when the reader is slow', async () => {
    await using store = await storeServer((request, response) => serve(request, response, archive));
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const paths: string[] = [];
    for await (const { path } of jobAt(api.url).job.files({ stallTimeoutMs: 100 })) {
      paths.push(path);
      // Longer than the stall timeout: the reader's pause is the subject.
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(paths.length).toBe(4);
    expect(store.seen.length).toBe(1);
  });
});

test('a 503 of a host is retried', async () => {
  await using store = await storeServer((request, response, number) =>
    number === 1 ? response.writeHead(503, { 'retry-after': '0' }).end('busy') : serve(request, response, archive),
  );
  await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
  await jobAt(api.url).job.download(directory());
  expect(store.seen.length).toBe(2);
});

describe('a signed URL that has expired', () => {
  const item = (url: string): object => ({
    Type: 's3PreSigned',
    Params: { Managed: false, PreSignedURL: url, SourceSpec: { Bucket: 'b', Key: 'k' } },
  });

  test('is renewed once', async () => {
    await using store = await storeServer((request, response) =>
      request.url?.endsWith('=2')
        ? serve(request, response, archive)
        : response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'),
    );
    await using api = await resultsApi((asked) => [item(`${store.url}/k?X-Amz-Signature=${asked}`)]);
    await jobAt(api.url).job.download(directory());
    expect(store.seen.map(({ url }) => url)).toEqual(['/k?X-Amz-Signature=1', '/k?X-Amz-Signature=2']);
  });

  test('that is refused twice is an error without the signature', async () => {
    await using store = await storeServer((_request, response) =>
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'),
    );
    await using api = await resultsApi((asked) => [item(`${store.url}/k?X-Amz-Signature=${asked}`)]);
    const error = await failure(jobAt(api.url).job.download(directory()));
    expect(error).toMatchObject({ reason: 'refused', status: 403, url: `${store.url}/k` });
    expect(error.message).toContain('AccessDenied: Request has expired');
    expect(error.message).not.toContain('Signature');
    expect(store.seen.length).toBe(2);
  });

  test.each([
    ['right', true],
    ['wrong', false],
  ])('and a %s checksum', async (_name, isRight) => {
    const { createHash } = await import('node:crypto');
    const checksum = createHash('sha256')
      .update(isRight ? archive : 'other')
      .digest('base64');
    await using store = await storeServer((request, response) => serve(request, response, archive));
    await using api = await resultsApi(() => [
      {
        Type: 's3PreSigned',
        Params: { PreSignedURL: `${store.url}/k`, SourceSpec: { Bucket: 'b', Key: 'k', ChecksumSHA256: checksum } },
      },
    ]);
    const out = directory();
    const download = jobAt(api.url).job.download(out);
    if (isRight) await download;
    else expect(await failure(download)).toMatchObject({ reason: 'damaged' });
    expect(await contentsOf(out)).toEqual(isRight ? FILES : []);
  });
});

describe('the caller', () => {
  /** A store that sends a part of the archive and then nothing. */
  const slow = (onSent: () => void = () => undefined) =>
    storeServer((_request, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100_000), onSent);
    });

  test('may abort a download', async () => {
    await using store = await slow();
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    const signal = AbortSignal.timeout(200);
    const error = await jobAt(api.url)
      .job.download(out, { signal })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ cause: signal.reason });
    expect(await leftBy(out)).toEqual([]);
  });

  test('may set a deadline', async () => {
    await using store = await slow();
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    const error = await jobAt(api.url)
      .job.download(out, { timeoutMs: 200 })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(await leftBy(out)).toEqual([]);
  });

  test('may close the client during a download; later ones are refused', async () => {
    let closeClient = (): void => undefined;
    await using store = await slow(() => closeClient());
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const { client, job } = jobAt(api.url);
    closeClient = () => void client.close();
    const out = directory();
    await expect(job.download(out)).rejects.toBeInstanceOf(RequestAbortedError);
    expect(await leftBy(out)).toEqual([]);
    await expect(job.download(out)).rejects.toBeInstanceOf(ConfigurationError);
  });

  test('may stop reading files, and the connection ends', async () => {
    await using store = await stallingStore();
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    for await (const file of jobAt(api.url).job.files()) {
      expect(file.path).toBe('stdout');
      break;
    }
    await store.closed;
  });

  test.each<[string, (file: ResultFile) => Promise<unknown>]>([
    ['was read', (file) => file.text()],
    ['was read as a stream', async (file) => expect((await collect(file.stream())).length).toBeGreaterThan(0)],
    ['is cancelled', (file) => file.stream().cancel()],
  ])('of job.file closes the connection when the file %s', async (_when, finish) => {
    // The archive never ends: the file is there, and the connection would stay.
    await using store = await stallingStore();
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    await finish(await jobAt(api.url).job.file('stdout'));
    await store.closed;
  });

  test('of job.file ends with its signal while the file is read', async () => {
    await using store = await storeServer((_request, response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100_000));
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const controller = new AbortController();
    const file = await jobAt(api.url).job.file('outputs/data.bin', { signal: controller.signal });
    const content = file.bytes();
    controller.abort();
    await expect(content).rejects.toBeInstanceOf(RequestAbortedError);
  });

  test('of job.file says which executions there are if there are several', async () => {
    await using store = await storeServer((request, response) => serve(request, response, archive));
    const items = ['e-1', 'e-2'].map((id) => urlItem(`${store.url}/j-1/${id}.tar.gz`));
    await using api = await resultsApi(() => items);
    await expect(jobAt(api.url).job.file('stdout')).rejects.toMatchObject({
      argument: 'executionId',
      message: expect.stringMatching(/is missing/),
    });
    expect(store.seen).toEqual([]);
  });

  test('gets the error that onProgress throws', async () => {
    await using store = await storeServer((request, response) => serve(request, response, archive));
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const out = directory();
    const problem = new Error('in the listener');
    const onProgress = (): void => {
      throw problem;
    };
    await expect(jobAt(api.url).job.download(out, { onProgress })).rejects.toBe(problem);
    expect(await leftBy(out)).toEqual([]);
  });
});

describe('what arrives', () => {
  const served = async (bytes: Buffer) => {
    const store = await storeServer((request, response) => serve(request, response, bytes));
    const api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    return {
      job: jobAt(api.url).job,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await api[Symbol.asyncDispose]();
      },
    };
  };

  test('is written with its permissions, without setuid', async () => {
    await using server = await served(archive);
    const out = directory();
    await server.job.download(out);
    expect(await contentsOf(out)).toEqual(FILES);
    await expectMode(join(out, 'stdout'), 0o600);
    await expectMode(join(out, 'outputs/run.sh'), 0o755);
  });

  test.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
    ['a gzip that ends early', () => archive.subarray(0, archive.length - 20), /damaged/],
    [
      'a TAR that ends early',
      async () => (await tarOf([{ name: 'a', content: 'abc' }])).subarray(0, 1_024),
      /truncated/,
    ],
    ['a page of HTML', () => Buffer.from('<html>'.repeat(200)), /not a TAR/],
    ['nothing', () => Buffer.alloc(0), /empty/],
    ['two files of one name', () => tarGzOf([{ name: 'a' }, { name: './a' }]), /two entries/],
    ['a file that is also a directory', () => tarGzOf([{ name: 'a' }, { name: 'a/b' }]), /two entries/],
  ])('as %s is refused and leaves no file', async (_name, make, message) => {
    await using server = await served(await make());
    const out = directory();
    const error = await failure(server.job.download(out));
    expect(error.reason).toBe('damaged');
    expect(error.message).toMatch(message);
    expect(await leftBy(out)).toEqual([]);
  });

  test.each([
    { name: '../outside', content: 'x' },
    { name: 'a/../../outside', content: 'x' },
    { name: '..\\outside', content: 'x' },
    { name: '/tmp/outside', content: 'x' },
    { name: '\\outside', content: 'x' },
    { name: 'C:outside', content: 'x' },
    { name: '..', type: 'directory' as const },
  ])('with the entry $name is refused by name', async (entry) => {
    await using server = await served(await tarGzOf([{ name: 'fine', content: 'x' }, entry]));
    const out = directory();
    expect(await failure(server.job.download(out))).toMatchObject({ reason: 'unsafe-entry', entry: entry.name });
    expect(await leftBy(out)).toEqual([]);
    await expect(collect(server.job.files())).rejects.toMatchObject({ reason: 'unsafe-entry' });
  });

  test('is refused when it unpacks to more than limits.totalBytes', async () => {
    await using server = await served(await tarGzOf([{ name: 'zeros', content: Buffer.alloc(5_000_000) }]));
    const out = directory();
    expect(await failure(server.job.download(out, { limits: { totalBytes: 1_000_000 } }))).toMatchObject({
      reason: 'too-large',
      entry: 'zeros',
    });
    expect(await failure(server.job.download(out, { extract: false, limits: { totalBytes: 100 } }))).toMatchObject({
      reason: 'too-large',
    });
    expect(await leftBy(out)).toEqual([]);
  });

  test('never follows a link that is in the directory', async () => {
    await using server = await served(archive);
    const out = directory();
    const elsewhere = join(out, '..', 'elsewhere');
    await fs.mkdir(elsewhere, { recursive: true });
    await fs.mkdir(out);
    await fs.symlink(elsewhere, join(out, 'outputs'));
    expect(await failure(server.job.download(out, { overwrite: true }))).toMatchObject({ reason: 'exists' });
    expect(await contentsOf(elsewhere)).toEqual([]);
  });

  test('fails if a file has the name of the directory', async () => {
    await using server = await served(archive);
    const out = directory();
    await fs.mkdir(join(out, '..'), { recursive: true });
    await fs.writeFile(out, 'a file');
    expect(await failure(server.job.download(out))).toMatchObject({ reason: 'disk' });
    expect(await failure(server.job.download(join(out, 'below')))).toMatchObject({ reason: 'disk', code: 'ENOTDIR' });
  });

  test('fails if the disk is full', async () => {
    await using server = await served(archive);
    const out = directory();
    const open = fs.open;
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    jest.spyOn(fs, 'open').mockImplementation(async (...args) => {
      const handle = await open(...args);
      if (String(args[0]).endsWith('data.bin')) jest.spyOn(handle, 'write').mockRejectedValue(full);
      return handle;
    });
    const error = await failure(server.job.download(out));
    jest.restoreAllMocks();
    expect(error).toMatchObject({ reason: 'disk', code: 'ENOSPC' });
    expect(error.message).toMatch(/no space is left.*Free some space/);
    expect(await leftBy(out)).toEqual([]);
  });

  test('is moved into place completely or not at all', async () => {
    await using server = await served(archive);
    const out = directory();
    await fs.mkdir(out, { recursive: true });
    await fs.writeFile(join(out, 'mine'), '');
    const link = fs.link;
    const refused = Object.assign(new Error('EIO: i/o error, link'), { code: 'EIO', syscall: 'link' });
    const spies = [
      jest
        .spyOn(fs, 'link')
        .mockImplementation((from, to) => (String(to).endsWith('data.bin') ? Promise.reject(refused) : link(from, to))),
      jest.spyOn(fs, 'rename').mockRejectedValue(refused),
    ];
    const error = await failure(server.job.download(out));
    for (const spy of spies) spy.mockRestore();
    expect(error).toMatchObject({ reason: 'disk', code: 'EIO' });
    expect(await contentsOf(out)).toEqual(['mine']);
  });
});

describe('a source', () => {
  test('that is unreachable is named, with what to do', async () => {
    const gone = await storeServer(() => undefined);
    await gone[Symbol.asyncDispose]();
    await using api = await resultsApi(() => [urlItem(`${gone.url}/a.tar.gz`)]);
    const out = directory();
    const error = await failure(jobAt(api.url).job.download(out, { maxRetries: 0 }));
    expect(error).toMatchObject({ reason: 'unreachable', code: 'ECONNREFUSED' });
    expect(error.message).toMatch(/option hosts/);
    expect(await leftBy(out)).toEqual([]);
  });

  test('that is not HTTP gets no request', async () => {
    await using api = await resultsApi(() => [urlItem('file:///etc/passwd')]);
    expect(await failure(jobAt(api.url).job.download(directory()))).toMatchObject({ reason: 'unsupported' });
  });

  test('of an unknown type is listed as unknown and cannot be downloaded', async () => {
    await using api = await resultsApi(() => [{ Type: 'carrierPigeon', Params: { Name: 'x' } }]);
    const { job } = jobAt(api.url);
    expect(await job.typedResults()).toEqual([
      { type: 'unknown', spec: { Type: 'carrierPigeon', Params: { Name: 'x' } } },
    ]);
    expect(await failure(job.download(directory()))).toMatchObject({
      reason: 'unsupported',
      message: expect.stringContaining('carrierPigeon'),
    });
  });

  test('that redirects does not pass its headers on to another host', async () => {
    const cid = 'bafyone';
    const tar = await tarOf([{ name: `${cid}/stdout`, content: 'moved' }]);
    await using second = await storeServer((request, response) => serve(request, response, tar));
    await using first = await storeServer((_request, response) =>
      response.writeHead(302, { location: `${second.url.replace('127.0.0.1', 'localhost')}/x` }).end(),
    );
    await using api = await resultsApi(() => [{ Type: 'ipfs', Params: { CID: cid } }]);
    const ipfs = { gateway: first.url, headers: { authorization: 'Bearer x', 'x-token': 'y' } };
    const [file] = await collect(jobAt(api.url).job.files({ ipfs }));
    expect(file?.path).toBe('stdout');
    expect(first.seen[0]).toMatchObject({
      url: `/ipfs/${cid}?format=tar`,
      headers: { authorization: 'Bearer x', 'x-token': 'y' },
    });
    expect(second.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(second.seen[0]?.headers).not.toHaveProperty('x-token');
  });

  test('in IPFS needs a configured gateway or API', async () => {
    await using api = await resultsApi(() => [{ Type: 'ipfs', Params: { CID: 'bafyone' } }]);
    const { job } = jobAt(api.url);
    const error = await failure(job.download(directory()));
    expect(error.reason).toBe('not-configured');
    expect(error.message).toMatch(/gateway.*api/);
    await expect(job.download(directory(), { ipfs: { api: '/ip4/127.0.0.1/tcp/5001' } })).rejects.toBeInstanceOf(
      ConfigurationError,
    );
  });
});

describe('leaving the loop while a file is being read', () => {
  async function first(job: ReturnType<typeof jobAt>['job']) {
    for await (const file of job.files()) if (file.path === 'outputs/data.bin') return { bytes: file.bytes() };
    throw new Error('there is no such file');
  }

  test('reads bytes() to the end, so that a part is never taken for the whole', async () => {
    await using store = await storeServer((request, response) => serve(request, response, archive));
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const { bytes } = await first(jobAt(api.url).job);
    expect(Buffer.from(await bytes).equals(data)).toBe(true);
  });

  test('ends stream() with an error', async () => {
    await using store = await storeServer((request, response) => serve(request, response, archive));
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    let stream: ReadableStream<Uint8Array> | undefined;
    for await (const file of jobAt(api.url).job.files()) {
      if (file.path !== 'outputs/data.bin') continue;
      stream = file.stream();
      break;
    }
    expect(await failure(new Response(stream).arrayBuffer())).toMatchObject({ reason: 'gone' });
  });
});
