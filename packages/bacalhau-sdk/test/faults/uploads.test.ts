import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RequestAbortedError } from '../../src/errors/call-errors.js';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import { UploadError } from '../../src/errors/upload-error.js';
import type { FilesVia, Job, S3Upload, SubmitOptions, UploadProgress } from '../../src/index.js';
import { type FakeS3, fakeS3, type S3Fault, type SeenS3Request } from '../support/fake-s3.js';
import { type FaultServer, faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { within } from '../support/within.js';
import { writeFiles } from '../support/write-files.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const ID = 'j-00000000-0000-4000-8000-000000000000';
const credentials = { accessKeyId: 'an-access-key', secretAccessKey: 'a-secret-access-key' };
const dir = keyDirectory();

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'uploads-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const VERSION = { 'x-bacalhau-git-version': 'v1.9.3' };

interface Orchestrator extends FaultServer {
  readonly submitted: Job[];
  readonly stopped: string[];
}

/** An orchestrator that keeps the last job in that state. */
async function orchestrator(state = 'Running', executionState = 1): Promise<Orchestrator> {
  const submitted: Job[] = [];
  const stopped: string[] = [];
  let isStopped = false;
  const server = await faultServer((response, number) => {
    const { method, url, body } = server.seen[number - 1] ?? { method: '', url: '', body: '' };
    if (method === 'PUT') {
      submitted.push(JSON.parse(body).Job);
      isStopped = false;
      return json(response, 200, { JobID: ID, EvaluationID: 'e', Warnings: [] });
    }
    if (method === 'DELETE') {
      stopped.push(JSON.parse(body).reason);
      isStopped = true;
      return json(response, 200, { EvaluationID: 'e' });
    }
    if (url.includes('/version')) return json(response, 200, { GitVersion: 'v1.9.3' });
    if (url.includes('/executions')) {
      const ComputeState = { StateType: executionState };
      return json(response, 200, { NextToken: '', Items: [{ ID: 'e-1', JobID: ID, NodeID: 'n-1', ComputeState }] });
    }
    const job = submitted.at(-1);
    if (job === undefined)
      return json(response, 404, { Status: 404, Message: 'job not found', Component: 'JobStore' }, VERSION);
    json(response, 200, { Job: { ...job, ID, State: { StateType: isStopped ? 'Stopped' : state } } });
  });
  return Object.assign(server, { submitted, stopped });
}

interface Settings {
  readonly via: FilesVia | undefined;
  readonly options?: SubmitOptions;
  readonly name?: string;
  readonly target?: string;
}

async function submit(api: FaultServer, path: string, { via, options, name, target = '/in/data' }: Settings) {
  await using bacalhau = new Bacalhau({ baseUrl: api.url, dir, env: {}, logLevel: 'off' });
  const job = docker({ image: 'ubuntu', inputs: [inputs.files(path, { target, via })] });
  return await bacalhau.jobs.submit({ ...job, ...(name !== undefined && { Name: name }) }, options);
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const viaS3 = (store: FakeS3, settings: Partial<S3Upload> = {}): FilesVia => ({
  s3: { bucket: 'data', endpoint: store.url, credentials, maxRetries: 1, ...settings },
});

const withUser = (url: string): string => url.replace('//', '//user:a-secret@');

const sourceOf = (job: Job | undefined) => job?.Tasks[0]?.InputSources?.[0];

describe('an upload to S3', () => {
  test('puts a folder under the hash of its content, refers to it without credentials, and sends nothing twice', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await writeFiles(home, { 'a/b.txt': 'b', 'c d.txt': 'c' });
    const seen: UploadProgress[] = [];
    const via = viaS3(store, { prefix: '/inputs/', onProgress: (progress) => seen.push(progress) });
    await submit(api, home, { via });
    const [first] = [...store.objects.keys()];
    const [, folder = ''] = /^(inputs\/[0-9a-f]{64}\/)/.exec(first ?? '') ?? [];
    expect([...store.objects].map(([key, bytes]) => [key, bytes.toString()]).sort()).toEqual([
      [`${folder}a/b.txt`, 'b'],
      [`${folder}c d.txt`, 'c'],
    ]);
    expect(sourceOf(api.submitted[0])).toEqual({
      Source: { Type: 's3', Params: { Bucket: 'data', Key: `${folder}*`, Region: 'us-east-1', Endpoint: store.url } },
      Target: '/in/data',
    });
    expect(JSON.stringify(api.seen)).not.toContain('access-key');
    expect(seen.at(-1)).toEqual({ sentBytes: 2, presentBytes: 0, totalBytes: 2 });
    expect(store.received()).toBe(2);

    await submit(api, home, { via });
    expect(seen.at(-1)).toEqual({ sentBytes: 0, presentBytes: 2, totalBytes: 2 });
    expect(store.received()).toBe(0);
  });

  test('puts a file into a folder of its own, under the name that the job finds it by', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await writeFiles(home, { x: 'content' });
    await submit(api, join(home, 'x'), { via: viaS3(store), target: '/in/name.txt' });
    const key = `bacalhau-inputs/${createHash('sha256').update('content').digest('hex')}/name.txt`;
    expect([...store.objects.keys()]).toEqual([key]);
    expect(sourceOf(api.submitted[0])).toMatchObject({ Source: { Params: { Key: key } }, Target: '/in' });
  });

  test('that breaks half-way submits no job, and the next one sends what is missing', async () => {
    await using api = await orchestrator();
    let isBroken = true;
    const isThird = ({ query }: SeenS3Request): boolean => query.get('partNumber') === '3';
    await using store = await fakeS3((one) => (isBroken && isThird(one) ? { breakAfter: 100_000 } : undefined));
    const file = join(home, 'large');
    await writeFile(file, '');
    await truncate(file, 40 * MIB);
    const seen: UploadProgress[] = [];
    const settings = { onProgress: (progress: UploadProgress) => void seen.push(progress) };
    const error = await failure(submit(api, file, { via: viaS3(store, settings) }));
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toMatchObject({ reason: 'unreachable', url: expect.stringContaining('/data/bacalhau-inputs/') });
    expect(api.submitted).toEqual([]);
    expect([...store.objects.keys()]).toEqual([]);
    expect(Math.max(...seen.map(({ sentBytes }) => sentBytes))).toBeLessThanOrEqual(40 * MIB);

    isBroken = false;
    store.received();
    await submit(api, file, { via: viaS3(store, settings) });
    expect(store.received()).toBe(8 * MIB);
    expect(seen.at(-1)).toEqual({ sentBytes: 8 * MIB, presentBytes: 32 * MIB, totalBytes: 40 * MIB });
    expect([...store.objects.values()].map(({ length }) => length)).toEqual([40 * MIB]);
    expect(api.submitted).toHaveLength(1);
  }, 30_000);

  test('is byte for byte what was read, also where the store takes it slowly', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3(() => 'slow');
    const file = join(home, 'large');
    const content = randomBytes(20 * MIB + 12_345);
    await writeFile(file, content);
    await submit(api, file, { via: viaS3(store, { maxRetries: 0 }) });
    expect([...store.objects.values()].map((object) => object.equals(content))).toEqual([true]);
  }, 30_000);

  test('repeats what broke once, and counts it once', async () => {
    await using api = await orchestrator();
    let requests = 0;
    const fault = ({ method }: SeenS3Request): S3Fault | undefined => {
      if (method !== 'PUT') return undefined;
      requests += 1;
      return requests === 1 ? { status: 503 } : undefined;
    };
    await using store = await fakeS3(fault);
    await writeFiles(home, { a: 'content' });
    let last: UploadProgress | undefined;
    await submit(api, home, { via: viaS3(store, { onProgress: (progress) => (last = progress) }) });
    expect(last).toEqual({ sentBytes: 7, presentBytes: 0, totalBytes: 7 });
  });

  test('that the bucket refuses is told apart from what the nodes may not read, and quotes no secret', async () => {
    await using api = await orchestrator();
    const body = `<Error><Code>AccessDenied</Code><Message>not for ${credentials.secretAccessKey}</Message></Error>`;
    await using store = await fakeS3(() => ({ status: 403, body }));
    await writeFiles(home, { a: 'content' });
    const error = await failure(submit(api, home, { via: viaS3(store) }));
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toMatchObject({ reason: 'refused', status: 403 });
    expect(String(error)).toMatch(/to the bucket "data".*AccessDenied.*s3:PutObject.*those of the nodes are others/s);
    expect(JSON.stringify([error, String(error)])).not.toContain(credentials.secretAccessKey);
    expect(store.seen).toHaveLength(1);
    expect(api.submitted).toEqual([]);
  });

  test('ends with the signal of its submission', async () => {
    await using api = await orchestrator();
    const controller = new AbortController();
    await using store = await fakeS3(({ method }) => {
      if (method !== 'PUT') return undefined;
      controller.abort(new Error('enough'));
      return 'silence';
    });
    await writeFiles(home, { a: 'content' });
    const options = { signal: controller.signal };
    const error = await failure(submit(api, home, { via: viaS3(store), options }));
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(api.submitted).toEqual([]);
  });

  test.each([
    ['timeoutMs', 'sent with its job'],
    ['timeoutMs', 'uploaded'],
    ['signal', 'sent with its job'],
    ['signal', 'uploaded'],
    ['close', 'sent with its job'],
    ['close', 'uploaded'],
  ] as const)('ends with %s also while data is read that is %s', async (how, way) => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await using bacalhau = new Bacalhau({ baseUrl: api.url, dir, env: {}, logLevel: 'off' });
    const controller = new AbortController();
    const arrayBuffer = () => {
      if (how === 'signal') controller.abort();
      if (how === 'close') void bacalhau.close();
      return new Promise<never>(() => undefined);
    };
    const file = { name: 'x', size: 1, slice: () => ({ arrayBuffer }) };
    const via = way === 'uploaded' ? viaS3(store) : undefined;
    const job = docker({ image: 'ubuntu', inputs: [inputs.files(file, { target: '/in/x', via })] });
    const options = { signal: controller.signal, ...(how === 'timeoutMs' && { timeoutMs: 300 }) };
    const error = await within(10_000, 'the end', failure(bacalhau.jobs.submit(job, options)));
    const name = how === 'timeoutMs' ? 'RequestTimeoutError' : 'RequestAbortedError';
    expect(error).toMatchObject({ name, operation: 'inputs.files' });
    expect([store.seen, api.submitted]).toEqual([[], []]);
  });

  test('does not wait for ever for a store that takes nothing', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3(() => 'silence');
    await writeFiles(home, { a: 'content' });
    const via = viaS3(store, { stallTimeoutMs: 50, maxRetries: 0 });
    expect(await failure(submit(api, home, { via }))).toMatchObject({ reason: 'unreachable', code: 'ETIMEDOUT' });
  });

  test.each(['', '<html>', '<ListBucketResult>', '<Other></Other>', '{"objects": []}'])(
    'refuses the answer %j of what is no store',
    async (body) => {
      await using api = await orchestrator();
      await using store = await fakeS3(() => ({ status: 200, body }));
      await writeFiles(home, { a: 'content' });
      const error = await failure(submit(api, home, { via: viaS3(store) }));
      expect(error).toMatchObject({ name: 'UploadError', reason: 'http' });
      expect(api.submitted).toEqual([]);
    },
  );

  test('of a file that changes meanwhile is refused, and nothing that is wrong stays under its hash', async () => {
    await using api = await orchestrator();
    await writeFiles(home, { a: 'content' });
    await using store = await fakeS3(({ method }) => {
      // The list comes after the file was hashed, before it is sent.
      if (method === 'GET') changing = writeFile(join(home, 'a'), 'changed');
      return undefined;
    });
    let changing: Promise<void> | undefined;
    const error = await failure(submit(api, home, { via: viaS3(store) }));
    await changing;
    expect(error).toMatchObject({ name: 'UploadError', reason: 'http', status: 400 });
    expect([...store.objects.keys()]).toEqual([]);
    expect(api.submitted).toEqual([]);
  });

  test('without credentials is refused before anything is sent', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await writeFiles(home, { a: 'content' });
    const error = await failure(submit(api, home, { via: viaS3(store, { credentials: undefined }) }));
    expect(error).toMatchObject({ name: 'UploadError', reason: 'not-configured' });
    expect(String(error)).toContain('AWS_ACCESS_KEY_ID');
    expect(store.seen).toEqual([]);
  });

  test.each<[string, (url: string) => FilesVia]>([
    ['a password in the address', (url) => ({ s3: { bucket: 'data', endpoint: withUser(url), credentials } })],
    ['a query in the address', (url) => ({ s3: { bucket: 'data', endpoint: `${url}/?key=a-secret`, credentials } })],
    ['a password that it would not use', (url) => ({ ipfs: { api: withUser(url) } })],
    ['a query that it would not use', (url) => ({ ipfs: { api: `${url}/?key=a-secret` } })],
  ])('is refused for %s: it would be in the job', async (_name, viaAt) => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await writeFiles(home, { x: 'content' });
    const error = await failure(submit(api, join(home, 'x'), { via: viaAt(store.url), target: '/in/x' }));
    expect(String(error)).toContain('without a user name');
    expect(String(error)).not.toContain('secret');
    expect([store.seen, api.submitted]).toEqual([[], []]);
  });

  test('looks no further in pages without end', async () => {
    let pages = 0;
    const body = () =>
      `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${pages}</NextContinuationToken><Contents><Key>k${pages}</Key><Size>1</Size></Contents></ListBucketResult>`;
    await using api = await orchestrator();
    await using store = await fakeS3(({ method }) => {
      pages += 1;
      return method === 'GET' ? { status: 200, body: body() } : undefined;
    });
    await writeFiles(home, { x: 'content' });
    await submit(api, home, { via: viaS3(store) });
    expect(store.seen.map(({ method }) => method)).toEqual(['GET', 'PUT']);
  });

  test('of names that no URL can have is refused', async () => {
    await using api = await orchestrator();
    await using bacalhau = new Bacalhau({ baseUrl: api.url, dir, env: {}, logLevel: 'off' });
    const file = Object.assign(new Blob(['x']), { name: 'a\ud800' });
    const via: FilesVia = { ipfs: { api: api.url } };
    const job = docker({ image: 'ubuntu', inputs: [inputs.files([file], { target: '/in', via })] });
    expect(await failure(bacalhau.jobs.submit(job))).toMatchObject({ name: 'InvalidJobError', field: 'path' });
  });

  test('ends with what its listener rejects with', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await writeFiles(home, { x: 'x'.repeat(20 * MIB) });
    const onProgress = async (): Promise<void> => {
      throw new Error('no room');
    };
    expect(await failure(submit(api, home, { via: viaS3(store, { onProgress }) }))).toMatchObject({
      message: 'no room',
    });
    expect(api.submitted).toEqual([]);
  });

  test('is done once for jobs that are submitted at the same time', async () => {
    await using api = await orchestrator();
    await using store = await fakeS3();
    await writeFiles(home, { a: 'content' });
    await Promise.all([1, 2, 3].map(() => submit(api, home, { via: viaS3(store) })));
    expect(store.received()).toBe(7);
  });
});

test('a job is the same whichever way its data takes, and another one for another place', async () => {
  await using api = await orchestrator();
  await using store = await fakeS3();
  await using ipfs = await faultServer((response) => json(response, 200, { Hash: 'bafyroot' }));
  await writeFiles(home, { 'data/a': 'content', x: 'content' });
  const ways: readonly (FilesVia | undefined)[] = [
    undefined,
    viaS3(store),
    viaS3(store, { prefix: 'other' }),
    { ipfs: { api: ipfs.url } },
  ];
  const serve: FilesVia = { serve: { host: '127.0.0.1' } };
  for (const via of ways) await submit(api, join(home, 'data'), { via });
  for (const via of [...ways, serve, serve]) await submit(api, join(home, 'x'), { via, target: '/in/x' });
  await submit(api, join(home, 'x'), { via: serve, target: '/in/y' });
  await submit(api, join(home, 'x'), { via: viaS3(store), target: '/in/z' });
  const prints = api.submitted.map(({ Meta }) => Meta?.['bacalhau-sdk/fingerprint']);
  expect(prints.map((print) => prints.indexOf(print))).toEqual([0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 10, 11]);
});

describe('an IPFS node', () => {
  /** A node that has added what it was sent, unless told otherwise. */
  const node = (answers: Readonly<Record<string, [number, string]>> = {}): Promise<FaultServer> =>
    faultServerByPath((command) => answers[command] ?? NODE[command] ?? [404, 'no such command']);
  const NODE: Readonly<Record<string, [number, string]>> = {
    'files/stat': [500, '{"Message":"file does not exist","Code":0,"Type":"error"}'],
    add: [200, '{"Name":"a","Hash":"bafyleaf","Size":"7"}\n{"Name":"","Hash":"bafyroot","Size":"60"}\n'],
    'files/mkdir': [200, ''],
    'files/cp': [200, ''],
  };
  const commandsOf = ({ seen }: FaultServer) => seen.map(({ url }) => url.slice('/api/v0/'.length).split('?')[0]);

  test('is referred to by an entry that is written last', async () => {
    await using api = await orchestrator();
    await using ipfs = await node();
    await writeFiles(home, { a: 'content' });
    await submit(api, home, { via: { ipfs: { api: ipfs.url } } });
    expect(commandsOf(ipfs)).toEqual(['files/stat', 'add', 'files/mkdir', 'files/cp']);
    expect(ipfs.seen[1]?.body).toContain('content');
    expect(decodeURIComponent(ipfs.seen[3]?.url ?? '')).toMatch(
      /arg=\/ipfs\/bafyroot&arg=\/bacalhau-inputs\/folder-[0-9a-f]{64}$/,
    );
    expect(sourceOf(api.submitted[0])?.Source).toEqual({ Type: 'ipfs', Params: { CID: 'bafyroot' } });
  });

  test('that has the content is sent nothing', async () => {
    await using api = await orchestrator();
    await using ipfs = await node({ 'files/stat': [200, '{"Hash":"bafyroot","Size":7,"Type":"directory"}'] });
    await writeFiles(home, { a: 'content' });
    await submit(api, home, { via: { ipfs: { api: ipfs.url } } });
    expect(commandsOf(ipfs)).toEqual(['files/stat']);
  });

  test.each<[string, Readonly<Record<string, [number, string]>>, object]>([
    ['refuses', { 'files/stat': [403, 'Forbidden'] }, { reason: 'refused' }],
    ['is another server', { 'files/stat': [200, '<html>'] }, { reason: 'http' }],
    ['fails', { 'files/stat': [500, '{"Message":"disk is gone"}'] }, { reason: 'http' }],
    ['breaks off', { add: [200, '{"Name":"a","Hash":"bafyleaf"}\n{"Message":"no space left"}\n'] }, { reason: 'http' }],
    ['cannot refer to it', { 'files/cp': [500, '{"Message":"no"}'] }, { reason: 'http' }],
  ])('that %s is an UploadError, and no job is submitted', async (_name, answers, expected) => {
    await using api = await orchestrator();
    await using ipfs = await node(answers);
    await writeFiles(home, { a: 'content' });
    const headers = { authorization: 'Bearer a-token-of-ipfs' };
    const error = await failure(submit(api, home, { via: { ipfs: { api: ipfs.url, headers } } }));
    expect(error).toMatchObject({ name: 'UploadError', ...expected });
    expect(String(error)).not.toContain('a-token-of-ipfs');
    expect(api.submitted).toEqual([]);
  });

  test('that is not there is an UploadError that says where', async () => {
    await using api = await orchestrator();
    await writeFiles(home, { a: 'content' });
    const error = await failure(submit(api, home, { via: { ipfs: { api: 'http://127.0.0.1:1', maxRetries: 0 } } }));
    expect(error).toMatchObject({ reason: 'unreachable', code: 'ECONNREFUSED' });
  });
});

async function faultServerByPath(answerTo: (command: string) => [number, string]): Promise<FaultServer> {
  const server = await faultServer((response, number) => {
    const path = server.seen[number - 1]?.url ?? '';
    const [status, body] = answerTo(path.slice('/api/v0/'.length).split('?')[0] ?? '');
    text(response, status, body);
  });
  return server;
}

describe('a file that this process serves', () => {
  const via: FilesVia = { serve: { host: '127.0.0.1' } };
  const urlOf = (job: Job | undefined): string => String(sourceOf(job)?.Source.Params?.['URL']);

  /** Submits with a client that stays open until the end of the test. */
  async function served(api: Orchestrator, content: string | Buffer) {
    await writeFiles(home, { x: content });
    const bacalhau = new Bacalhau({ baseUrl: api.url, dir, env: {}, logLevel: 'off' });
    await bacalhau.jobs.submit(
      docker({ image: 'ubuntu', inputs: [inputs.files(join(home, 'x'), { target: '/in/a b.txt', via })] }),
    );
    return { bacalhau, url: urlOf(api.submitted[0]) };
  }

  test('has a path that cannot be guessed, HEAD and ranges, and nothing else', async () => {
    await using api = await orchestrator();
    const { bacalhau, url } = await served(api, '0123456789');
    await using _ = bacalhau;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{64}\/a%20b\.txt$/);
    const ask = async (init: RequestInit, place = url) => {
      const answer = await fetch(place, init);
      const { status, headers } = answer;
      return [status, headers.get('content-length'), headers.get('content-range'), await answer.text()];
    };
    const range = (value: string) => ask({ headers: { range: value } });
    expect(await ask({ method: 'HEAD' })).toEqual([200, '10', null, '']);
    expect(await ask({})).toEqual([200, '10', null, '0123456789']);
    expect(await range('bytes=2-4')).toEqual([206, '3', 'bytes 2-4/10', '234']);
    expect(await range('bytes=7-')).toEqual([206, '3', 'bytes 7-9/10', '789']);
    expect(await range('bytes=-2')).toEqual([206, '2', 'bytes 8-9/10', '89']);
    expect(await range('bytes=0-99')).toEqual([206, '10', 'bytes 0-9/10', '0123456789']);
    expect(await range('bytes=10-')).toEqual([416, null, 'bytes */10', '']);
    expect(await range('bytes=1-2,4-5')).toEqual([200, '10', null, '0123456789']);
    expect((await ask({ headers: { range: 'bytes=2-4', 'if-range': '"other"' } }))[0]).toBe(200);
    expect((await ask({ method: 'PUT', body: 'x' }))[0]).toBe(405);
    for (const other of ['/', '/a%20b.txt', `/${'0'.repeat(64)}/a%20b.txt`, `${new URL(url).pathname}?x`]) {
      expect((await ask({}, new URL(other, url).href))[0]).toBe(404);
    }
  });

  test('arrives byte for byte, also where two fetch it at once and others hang up', async () => {
    await using api = await orchestrator();
    const content = randomBytes(3 * MIB + 1);
    const { bacalhau, url } = await served(api, content);
    await using _ = bacalhau;
    const hangUp = async () => (await fetch(url)).body?.cancel();
    const fetched = async () => Buffer.from(await (await fetch(url)).arrayBuffer()).equals(content);
    expect(await Promise.all([fetched(), hangUp(), fetched(), hangUp()])).toEqual([true, undefined, true, undefined]);
  });

  test('that is empty has no part', async () => {
    await using api = await orchestrator();
    const { bacalhau, url } = await served(api, '');
    await using _ = bacalhau;
    for (const range of ['bytes=0-', 'bytes=-1', 'bytes=-99999999999999999999']) {
      const answer = await fetch(url, { headers: { range } });
      expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */0']);
    }
  });

  test.each(['user@127.0.0.1', '127.0.0.1?x', '127.0.0.1#x', '127.0.0.1/', '127.0.0.1\n', '127.0.0.1:1', ''])(
    'is refused at %j, which is no host',
    async (host) => {
      await using api = await orchestrator();
      await writeFiles(home, { x: 'content' });
      const serve = { host, bindAddress: '127.0.0.1' };
      const error = await failure(submit(api, join(home, 'x'), { via: { serve }, target: '/in/x' }));
      expect(error).toMatchObject({ name: 'InvalidJobError', field: expect.stringContaining('host') });
      expect(api.submitted).toEqual([]);
    },
  );

  test('is closed with the client', async () => {
    await using api = await orchestrator();
    const { bacalhau, url } = await served(api, 'content');
    await bacalhau.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('is closed once the job has ended', async () => {
    await using api = await orchestrator('Completed');
    const { bacalhau, url } = await served(api, 'content');
    await using _ = bacalhau;
    await expect(untilClosed(url)).resolves.toBeUndefined();
  });

  test('keeps no program alive', async () => {
    await using api = await orchestrator();
    await writeFiles(home, { x: 'content' });
    const program = join(__dirname, '../support/processes/serve.mjs');
    const { stdout } = await run(process.execPath, [program, api.url, dir, join(home, 'x')], { timeout: 10_000 });
    expect(stdout).toBe('submitted\n');
    expect(api.stopped).toEqual([]);
  });

  test('is closed if the job is not submitted', async () => {
    let url = '';
    await using api = await faultServer((response, number) => {
      const { method = '', body = '', url: path = '' } = api.seen[number - 1] ?? {};
      if (method !== 'PUT')
        return path.includes('/version') ? json(response, 200, { GitVersion: 'v1.9.3' }) : text(response, 404, '');
      url = urlOf(JSON.parse(body).Job);
      json(response, 400, { Status: 400, Message: 'no' }, VERSION);
    });
    await writeFiles(home, { x: 'content' });
    await using bacalhau = new Bacalhau({ baseUrl: api.url, dir, env: {}, logLevel: 'off' });
    const job = docker({ image: 'ubuntu', inputs: [inputs.files(join(home, 'x'), { target: '/in/x', via })] });
    await expect(bacalhau.jobs.submit(job)).rejects.toThrow('no');
    await expect(untilClosed(url)).resolves.toBeUndefined();
  });

  test('that changes is not given to its end', async () => {
    await using api = await orchestrator();
    const { bacalhau, url } = await served(api, 'content');
    await using _ = bacalhau;
    await appendFile(join(home, 'x'), 'more');
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  });

  test('cannot be a folder: nodes do not unpack what they download', async () => {
    await using api = await orchestrator();
    await writeFiles(home, { a: 'content' });
    const error = await failure(submit(api, home, { via }));
    expect(error).toBeInstanceOf(InvalidJobError);
    expect(error).toMatchObject({ field: 'via', message: expect.stringContaining('do not unpack') });
  });

  test('is refused at an address that only this machine has, if the nodes are elsewhere', async () => {
    await writeFiles(home, { x: 'content' });
    await using api = await orchestrator();
    const proxied = { baseUrl: 'http://bacalhau.example', proxy: api.url };
    await using bacalhau = new Bacalhau({ ...proxied, dir, env: {}, logLevel: 'off' });
    const job = docker({ image: 'ubuntu', inputs: [inputs.files(join(home, 'x'), { target: '/in/x', via })] });
    const error = await failure(bacalhau.jobs.submit(job));
    expect(error).toMatchObject({ field: 'via.serve.host', message: expect.stringContaining('nodes are elsewhere') });
  });

  test.each<[string, (port: number) => FilesVia, string]>([
    ['an address of another machine', () => ({ serve: { host: '192.0.2.1' } }), 'EADDRNOTAVAIL'],
    ['a port that is in use', (port) => ({ serve: { host: '127.0.0.1', port } }), 'EADDRINUSE'],
  ])('at %s is an UploadError that says what to set', async (_name, viaAt, code) => {
    await using api = await orchestrator();
    await writeFiles(home, { x: 'content' });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const error = await failure(submit(api, join(home, 'x'), { via: viaAt(port) }));
    other.close();
    expect(error).toMatchObject({ name: 'UploadError', reason: 'not-served', code });
    expect(String(error)).toContain('via.serve.');
    expect(api.submitted).toEqual([]);
  });

  test('of a job that waits for a server that has gone is served anew: that job is stopped and submitted again', async () => {
    await using api = await orchestrator('Queued');
    await writeFiles(home, { x: 'content' });
    const settings = { via, name: 'named', target: '/in/x' };
    await submit(api, join(home, 'x'), settings);
    const again = await submit(api, join(home, 'x'), settings);
    expect(api.stopped).toEqual(['The program that served its input has ended.']);
    expect(api.submitted).toHaveLength(2);
    expect(again.deduplicated).toBe(false);
    const [first, second] = api.submitted.map(urlOf);
    expect(second).not.toBe(first);
  });

  test.each<[string, string, number]>([
    ['has its input', 'Running', 6],
    ['has ended', 'Completed', 8],
  ])('of a job that %s is the same job', async (_name, state, executionState) => {
    await using api = await orchestrator(state, executionState);
    await writeFiles(home, { x: 'content' });
    const settings = { via, name: 'named', target: '/in/x' };
    await submit(api, join(home, 'x'), settings);
    expect((await submit(api, join(home, 'x'), settings)).deduplicated).toBe(true);
    expect(api.stopped).toEqual([]);
  });

  test('of a job whose server still answers is the same job', async () => {
    await using api = await orchestrator('Queued');
    await writeFiles(home, { x: 'content' });
    await using first = new Bacalhau({ baseUrl: api.url, dir, env: {}, logLevel: 'off' });
    const job = {
      ...docker({ image: 'ubuntu', inputs: [inputs.files(join(home, 'x'), { target: '/in/x', via })] }),
      Name: 'named',
    };
    await first.jobs.submit(job);
    expect((await first.jobs.submit(job)).deduplicated).toBe(true);
  });
});

/** Resolves once nothing answers there. */
async function untilClosed(url: string): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const isOpen = await fetch(url, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (!isOpen) return;
  }
  throw new Error(`${url} is still served.`);
}
