import fs from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { DownloadError } from '../../src/errors/download-error.js';
import type { DownloadOptions, SkippedEntry } from '../../src/index.js';
import { isFileName, printable, quoteName } from '../../src/model/index.js';
import { type ArchiveEntry, tarGzOf, tarOf } from '../support/archives.js';
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { contentsOf, freshDirectories } from '../support/results.js';
import { resultsApi, serve, storeServer, urlItem } from '../support/store-server.js';

const dir = keyDirectory();
const directory = freshDirectories();
const clients: Bacalhau[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

function jobAt(baseUrl: string) {
  const client = new Bacalhau({ baseUrl, env: {}, dir });
  clients.push(client);
  return client.jobs.handle('j-1');
}

const leftBy = (out: string): Promise<string[]> => contentsOf(join(out, '..'));

async function failure(promise: Promise<unknown>): Promise<DownloadError> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof DownloadError)) throw new Error(`Expected a DownloadError, not ${String(error)}.`);
  return error;
}

/** A job whose only result is what `bytes` are. */
async function served(bytes: Buffer, headers: Readonly<Record<string, string>> = {}) {
  const store = await storeServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    serve(request, response, bytes);
  });
  const api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
  return {
    job: jobAt(api.url),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

const RIGHT_TO_LEFT = String.fromCodePoint(0x202e);
const HOSTILE_NAMES = [
  '../../escaped',
  '..',
  '.',
  '/tmp/escaped',
  'a/../../escaped',
  '..\\escaped',
  'C:escaped',
  'e-1\u001b[2J',
  'e-1\r\nx-injected: 1',
  'e-1\0',
  `e-1${RIGHT_TO_LEFT}`,
  'e-1.',
  ' e-1',
  'NUL',
  'com1.txt',
  'ü',
  '~',
  'x'.repeat(5_000),
];

describe('a name chosen by the server', () => {
  test.each(HOSTILE_NAMES)('%j is not a file name', (name) => {
    expect(isFileName(name)).toBe(false);
  });

  test.each(['e-0f3bb4cd-8d3c-4f6a-9f43-6a3b7b0f3f3d', 'e-1', 'E_1', 'a.b'])('%s is a file name', (name) => {
    expect(isFileName(name)).toBe(true);
  });

  test.each(HOSTILE_NAMES)('%j is quoted on one line of printable characters', (name) => {
    expect(quoteName(name)).toMatch(/^"[^\p{Cc}\p{Cf}\p{Zl}]{0,250}"$/u);
    expect(printable(name)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test.each<[string, DownloadOptions]>([
    ['with two results', {}],
    ["with layout: 'byExecution'", { layout: 'byExecution' }],
    ['with extract: false', { extract: false }],
  ])('never becomes a path outside of the directory, %s', async (_name, options) => {
    const archive = await tarGzOf([{ name: 'stdout', content: 'x' }]);
    await using store = await storeServer((request, response) => serve(request, response, archive));
    for (const id of HOSTILE_NAMES) {
      const url = (number: number) => `${store.url}/${number}.tar.gz`;
      await using api = await faultServer((response, number) => {
        const items = api.seen[number - 1]?.url.includes('/results')
          ? [urlItem(url(1)), urlItem(url(2))]
          : [1, 2].map((one) => ({
              ID: one === 1 ? id : 'e-2',
              JobID: 'j-1',
              NodeID: 'n-1',
              CreateTime: 1,
              ComputeState: { StateType: 7 },
              PublishedResult: { Type: 'urlDownload', Params: { URL: url(one) } },
            }));
        json(response, 200, { NextToken: '', Items: items });
      });
      const out = directory('one/two/three');
      const error = await failure(jobAt(api.url).download(out, options));
      expect(error).toMatchObject({ reason: 'unsafe-entry' });
      expect(error.message).toContain(quoteName(id));
      expect(error.message.length).toBeLessThan(500);
      expect(await contentsOf(join(out, '../../..'))).toEqual([]);
      await expect(collect(jobAt(api.url).files())).rejects.toMatchObject({ reason: 'unsafe-entry' });
    }
  });

  test.each([
    { Bucket: '..', Key: 'a.tar' },
    { Bucket: 'b/../c', Key: 'a.tar' },
    { Bucket: 'b', Key: '../other/a.tar' },
    { Bucket: 'b', Key: 'x/./a.tar' },
    { Bucket: 'b', Key: 'a.tar', Region: 'x.example.org/' },
    { Bucket: 'b@example.org', Key: 'a.tar' },
  ])('does not lead elsewhere in S3: %j', async (params) => {
    await using store = await storeServer((_request, response) => response.writeHead(500).end());
    await using api = await resultsApi(() => [{ Type: 's3', Params: { ...params, Endpoint: store.url } }]);
    const s3 = { credentials: { accessKeyId: 'id', secretAccessKey: 'key' } };
    const error = await failure(jobAt(api.url).download(directory(), { s3 }));
    expect(error.reason).toMatch(/^(unsupported|unsafe-entry)$/);
    expect(store.seen).toEqual([]);
  });

  test.each(['../x', '..', 'a?arg=b', 'a/b', 'a\r\nb', 'ä', 'a'.repeat(1_000)])('is not a CID: %j', async (CID) => {
    await using api = await resultsApi(() => [{ Type: 'ipfs', Params: { CID } }]);
    const error = await failure(jobAt(api.url).download(directory(), { ipfs: { api: 'http://127.0.0.1:9' } }));
    expect(error).toMatchObject({ reason: 'unsupported' });
    expect(error.message).toMatch(/^[^\p{Cc}]{0,400}$/u);
  });

  test('is printed without control characters where a host quotes it', async () => {
    await using store = await storeServer((_request, response) => response.writeHead(404).end('gone\u001b[31m\rfake'));
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const { message } = await failure(jobAt(api.url).download(directory()));
    expect(message).toMatch(/^[^\p{Cc}]*$/u);
  });
});

describe('a result host', () => {
  test('that sends a part although no range was requested is refused', async () => {
    const archive = await tarGzOf([{ name: 'stdout', content: 'x' }]);
    await using store = await storeServer((_request, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-${archive.length - 1}/${archive.length * 2}` }).end(archive);
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    for (const extract of [true, false]) {
      const out = directory();
      expect(await failure(jobAt(api.url).download(out, { extract }))).toMatchObject({ reason: 'http' });
      expect(await leftBy(out)).toEqual([]);
    }
  });

  test.each(['bytes 100-199/*', 'bytes 100-199/150', 'bytes 0-99/200', 'bytes 100-', ''])(
    'that resumes with the range %j is refused',
    async (range) => {
      const bytes = Buffer.alloc(200, 'x');
      await using store = await storeServer((_request, response, number) => {
        if (number > 1) {
          response.writeHead(206, { 'content-range': range, etag: '"one"' }).end(bytes.subarray(100));
        } else {
          response.writeHead(200, { etag: '"one"' });
          response.write(bytes.subarray(0, 100), () => setTimeout(() => response.destroy(), 20));
        }
      });
      await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
      const out = directory();
      const ended = failure(jobAt(api.url).download(out, { extract: false, maxRetries: 1 }));
      // The second is short of nothing that its own total announces.
      expect((await ended).reason).toMatch(/^(damaged|changed)$/);
      expect(await leftBy(out)).toEqual([]);
    },
  );

  test.each(['gzip', 'br', 'x-unknown'])(
    'that encodes the file with %s is refused with extract: false',
    async (encoding) => {
      const archive = await tarGzOf([{ name: 'stdout', content: 'x' }]);
      await using server = await served(archive, { 'content-encoding': encoding });
      const out = directory();
      expect(await failure(server.job.download(out, { extract: false }))).toMatchObject({ reason: 'http' });
      expect(await leftBy(out)).toEqual([]);
    },
  );

  test('that declares the encoding identity is accepted', async () => {
    const archive = await tarGzOf([{ name: 'stdout', content: 'x' }]);
    await using server = await served(archive, { 'content-encoding': 'identity' });
    expect((await server.job.download(directory(), { extract: false })).files).toHaveLength(1);
  });
});

/** A header of TAR with the fields as given, and a good checksum. */
function header(
  name: string,
  type: string,
  { size = '', magic = 'ustar\x0000' }: { size?: string | Buffer; magic?: string } = {},
) {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  if (typeof size === 'string') block.write(size.padStart(11, '0'), 124);
  else size.copy(block, 124);
  block.write(type, 156, 'latin1');
  block.write(magic, 257, 'latin1');
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padded = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
};

const extension = (type: string, content: string | Buffer): Buffer =>
  Buffer.concat([header('extension', type, { size: Buffer.byteLength(content).toString(8) }), padded(content)]);

const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const total = length + String(length + String(length).length).length;
  return `${total}${rest}`;
};

const END = Buffer.alloc(1_024);
const file = (name: string, content = 'abc'): Buffer =>
  Buffer.concat([header(name, '0', { size: content.length.toString(8) }), padded(content)]);

describe('an archive', () => {
  test.each<[string, Buffer[], string]>([
    ['GNU sparse file', [header('sparse', 'S', { size: '3', magic: 'ustar  \0' }), padded('abc')], 'unsupported'],
    ['pax sparse file', [extension('x', record('GNU.sparse.major', '1')), file('sparse')], 'unsupported'],
    ['multi-volume part', [header('part', 'M', { size: '3' }), padded('abc')], 'unsupported'],
    ['unknown type', [header('odd', '!', { size: '3' }), padded('abc')], 'unsupported'],
    ['two paths in pax', [extension('x', record('path', 'a') + record('path', 'b')), file('c')], 'damaged'],
    [
      'two pax headers for one entry',
      [extension('x', record('path', 'a')), extension('x', record('size', '3')), file('c')],
      'damaged',
    ],
    ['long name and a pax path', [extension('L', 'a\0'), extension('x', record('path', 'b')), file('c')], 'damaged'],
    ['two long names', [extension('L', 'a\0'), extension('L', 'b\0'), file('c')], 'damaged'],
    ['long name without an entry', [extension('L', 'a\0')], 'damaged'],
    ['long name that leaves the directory', [extension('L', '../a\0'), file('c')], 'unsafe-entry'],
    ['pax path that leaves the directory', [extension('x', record('path', '../a')), file('c')], 'unsafe-entry'],
    ['empty pax path', [extension('x', record('path', '')), file('c')], 'unsafe-entry'],
    ['path for all entries', [extension('g', record('path', 'a')), file('c')], 'damaged'],
    ['size for all entries', [extension('g', record('size', '0')), file('c')], 'damaged'],
    ['negative pax size', [extension('x', record('size', '-3')), file('c')], 'damaged'],
    ['pax size that is not a number', [extension('x', record('size', '1e3')), file('c')], 'damaged'],
    ['pax size beyond the end', [extension('x', record('size', '99999')), file('c')], 'damaged'],
    ['pax record with a wrong length', [extension('x', '99 path=a\n'), file('c')], 'damaged'],
    ['pax record without a length', [extension('x', ' path=a\n'), file('c')], 'damaged'],
    ['negative size', [header('a', '0', { size: Buffer.alloc(12, 0xff) })], 'damaged'],
    ['size of 2^80', [header('a', '0', { size: Buffer.from('800001000000000000000000', 'hex') })], 'damaged'],
    ['size in decimal digits', [header('a', '0', { size: '9' }), padded('abcabcabc')], 'damaged'],
    ['directory with content', [header('a/', '5', { size: '3' }), padded('abc')], 'damaged'],
    ['link with content', [header('a', '2', { size: '3' }), padded('abc')], 'damaged'],
    ['file twice', [file('a'), file('./a')], 'damaged'],
    ['file, then a directory of its name', [file('a'), header('a/', '5')], 'damaged'],
    ['directory, then a file of its name', [header('a/', '5'), file('a')], 'damaged'],
    ['directory in a file', [file('a'), header('a/b/', '5')], 'damaged'],
    ['megabytes of an extension', [extension('x', Buffer.alloc(2_000_000, 'x')), file('a')], 'damaged'],
    ['second archive behind the first', [file('a'), END, file('b')], 'damaged'],
    ['megabytes of padding', [file('a'), Buffer.alloc(3_000_000)], 'damaged'],
  ])('with a %s is refused, and leaves nothing', async (_name, blocks, reason) => {
    await using server = await served(gzipSync(Buffer.concat([...blocks, END])));
    const out = directory();
    expect(await failure(server.job.download(out))).toMatchObject({ reason });
    expect(await leftBy(out)).toEqual([]);
  });

  test.each<[string, Buffer[], Readonly<Record<string, string>>]>([
    [
      'pax path and size',
      [extension('x', record('path', 'long') + record('size', '3')), header('x', '0'), padded('abc')],
      { long: 'abc' },
    ],
    ['long name of GNU', [extension('L', `${'n/'.repeat(60)}a\0`), file('x')], { [`${'n/'.repeat(60)}a`]: 'abc' }],
    ['comment for all entries', [extension('g', record('comment', 'x')), file('a')], { a: 'abc' }],
    [
      'binary size',
      [header('a', '0', { size: Buffer.from('800000000000000000000003', 'hex') }), padded('abc')],
      { a: 'abc' },
    ],
    ['old file with a slash behind its name', [header('d/', '0'), file('d/a')], { 'd/a': 'abc' }],
    ['directory twice', [header('d/', '5'), header('./d/', '5'), file('d/a')], { 'd/a': 'abc' }],
    ['directory after what is in it', [file('d/a'), header('d/', '5')], { 'd/a': 'abc' }],
  ])('with a %s is unpacked right', async (_name, blocks, files) => {
    await using server = await served(gzipSync(Buffer.concat([...blocks, END])));
    const out = directory();
    const summary = await server.job.download(out);
    expect(summary.files.map(({ path }) => path)).toEqual(Object.keys(files));
    for (const [path, content] of Object.entries(files))
      expect(await fs.readFile(join(out, path), 'utf8')).toBe(content);
  });

  test.each<[string, () => Promise<Buffer>, string]>([
    ['one path of 100,000 parts', () => tarGzOf([{ name: 'a/'.repeat(100_000), type: 'directory' }]), 'unsafe-entry'],
    ['one path of 1,000 parts', () => tarGzOf([{ name: `${'a/'.repeat(1_000)}b` }]), 'unsafe-entry'],
    ['one name of a megabyte', () => tarGzOf([{ name: 'a'.repeat(500_000) }]), 'unsafe-entry'],
    [
      'one path of 100,000 parts that are no names',
      () => tarGzOf([{ name: `${'./'.repeat(100_000)}b` }]),
      'unsafe-entry',
    ],
    [
      'a pax header of a million records of one byte',
      async () => gzipSync(Buffer.concat([extension('x', '1\n'.repeat(500_000)), file('a'), END])),
      'damaged',
    ],
  ])('of %s is refused at once', async (_name, make, reason) => {
    await using server = await served(await make());
    const out = directory();
    const begin = performance.now();
    expect(await failure(server.job.download(out))).toMatchObject({ reason });
    await expect(collect(server.job.files())).rejects.toMatchObject({ reason });
    expect(performance.now() - begin).toBeLessThan(3_000);
    expect(await leftBy(out)).toEqual([]);
  });

  test.each<[string, Buffer[]]>([
    ['directories of the root', Array.from({ length: 200 }, () => header('./', '5'))],
    ['headers of extensions', Array.from({ length: 200 }, () => extension('g', record('comment', 'x')))],
    ['links', Array.from({ length: 200 }, (_, index) => header(`l${index}`, '2'))],
    ['empty files', Array.from({ length: 200 }, (_, index) => file(`f${index}`, ''))],
  ])('counts %s for limits.entries', async (_name, blocks) => {
    await using server = await served(gzipSync(Buffer.concat([...blocks, file('a'), END])));
    const error = await failure(server.job.download(directory(), { limits: { entries: 100 } }));
    expect(error).toMatchObject({ reason: 'too-large', message: expect.stringContaining('limits.entries') });
    await expect(collect(server.job.files({ limits: { entries: 100 } }))).rejects.toMatchObject({
      reason: 'too-large',
    });
  });

  test('counts implied directories for limits.entries', async () => {
    await using server = await served(await tarGzOf([{ name: `${'d/'.repeat(120)}a` }]));
    const out = directory();
    expect(await failure(server.job.download(out, { limits: { entries: 100 } }))).toMatchObject({
      reason: 'too-large',
    });
    expect(await leftBy(out)).toEqual([]);
  });

  test('with many deep paths is written in linear time', async () => {
    const deep = 'd/'.repeat(100);
    const names = Array.from({ length: 3_000 }, (_, index) => ({ name: `${deep}f${index}`, content: '' }));
    await using server = await served(await tarGzOf(names));
    const lstat = jest.spyOn(fs, 'lstat');
    const summary = await server.job.download(directory());
    expect(summary.files).toHaveLength(3_000);
    expect(lstat.mock.calls.length).toBeLessThan(10);
    lstat.mockRestore();
  }, 30_000);

  test('that expands enormously is ended by the deadline, the signal and close()', async () => {
    const bomb = await tarGzOf([{ name: 'zeros', content: Buffer.alloc(200_000_000) }]);
    await using server = await served(bomb);
    const begin = performance.now();
    await expect(server.job.download(directory(), { timeoutMs: 60 })).rejects.toMatchObject({
      name: 'RequestTimeoutError',
    });
    expect(performance.now() - begin).toBeLessThan(1_000);
  }, 30_000);
});

describe('links, FIFOs and devices', () => {
  const unsafe: ArchiveEntry[] = [
    { name: './outputs/link', type: 'symlink', linkname: '/etc/passwd' },
    { name: './outputs/folder', type: 'symlink', linkname: '../..' },
    { name: './outputs/hard', type: 'link', linkname: '../outside' },
    { name: './outputs/pipe', type: 'fifo' },
    { name: './outputs/tty', type: 'character-device' },
    { name: './outputs/disk', type: 'block-device' },
  ];
  const skipped: SkippedEntry[] = [
    { path: 'outputs/link', kind: 'symbolic-link' },
    { path: 'outputs/folder', kind: 'symbolic-link' },
    { path: 'outputs/hard', kind: 'hard-link' },
    { path: 'outputs/pipe', kind: 'fifo' },
    { path: 'outputs/tty', kind: 'character-device' },
    { path: 'outputs/disk', kind: 'block-device' },
  ];
  const archive = (): Promise<Buffer> =>
    tarGzOf([{ name: './stdout', content: 'hello' }, ...unsafe, { name: './outputs/folder/a', content: 'x' }]);

  test('are skipped, and the summary lists them', async () => {
    await using server = await served(await archive());
    const out = directory();
    const told: SkippedEntry[] = [];
    const summary = await server.job.download(out, { onSkipped: (entry) => told.push(entry) });
    expect(summary.skipped).toEqual(skipped);
    expect(told).toEqual(skipped);
    expect(await contentsOf(out)).toEqual(['outputs', 'outputs/folder', 'outputs/folder/a', 'stdout']);
    expect((await fs.lstat(join(out, 'outputs/folder'))).isDirectory()).toBe(true);
  });

  test('are skipped by files(), and onSkipped receives them', async () => {
    await using server = await served(await archive());
    const told: SkippedEntry[] = [];
    const files = await collect(server.job.files({ onSkipped: (entry) => told.push(entry) }));
    expect(files.map(({ path }) => path)).toEqual(['stdout', 'outputs/folder/a']);
    expect(told).toEqual(skipped);
  });

  test.each(unsafe)('are refused with onUnsafeEntry: refuse: $type', async (entry) => {
    await using server = await served(await tarGzOf([{ name: 'fine', content: 'x' }, entry]));
    const out = directory();
    const refused = { reason: 'unsafe-entry', entry: entry.name.slice(2) };
    expect(await failure(server.job.download(out, { onUnsafeEntry: 'refuse' }))).toMatchObject(refused);
    expect(await leftBy(out)).toEqual([]);
    await expect(collect(server.job.files({ onUnsafeEntry: 'refuse' }))).rejects.toMatchObject(refused);
  });

  test.each(unsafe)('are always refused if their path leaves the directory: $type', async (entry) => {
    await using server = await served(await tarGzOf([{ ...entry, name: '../link' }]));
    expect(await failure(server.job.download(directory()))).toMatchObject({ reason: 'unsafe-entry' });
  });

  test('do not prevent other results from being written', async () => {
    await using server = await served(await tarOf(unsafe));
    expect(await server.job.download(directory())).toMatchObject({ files: [], skipped });
  });
});

describe('a host with a Retry-After of a day', () => {
  const DAY = '86400';
  test.each(['429', '503'])('and a %s is left at once on the deadline, the signal and close()', async (status) => {
    await using store = await storeServer((_request, response) => {
      response.writeHead(Number(status), { 'retry-after': DAY }).end();
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const client = new Bacalhau({ baseUrl: api.url, env: {}, dir });
    const job = client.jobs.handle('j-1');
    const begin = performance.now();
    await expect(job.download(directory(), { timeoutMs: 300 })).rejects.toBeDefined();
    await expect(job.download(directory(), { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
      name: 'RequestAbortedError',
    });
    const waiting = job.download(directory());
    setTimeout(() => client.close(), 300);
    await expect(waiting).rejects.toMatchObject({ name: 'RequestAbortedError' });
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});

describe('a list of S3 objects', () => {
  const s3 = { credentials: 'anonymous' as const };
  const listing = async (body: string | Buffer | ((number: number) => string)) => {
    const store = await storeServer((_request, response, number) => {
      response.writeHead(200).end(typeof body === 'function' ? body(number) : body);
    });
    const api = await resultsApi(() => [{ Type: 's3', Params: { Bucket: 'b', Key: 'k/', Endpoint: store.url } }]);
    return {
      job: jobAt(api.url),
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await api[Symbol.asyncDispose]();
      },
    };
  };
  const object = (key: string, size = '1'): string => `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`;

  test.each([
    ['elements that never end', `<ListBucketResult>${'<Contents>'.repeat(80_000)}`],
    ['elements without ends', `<ListBucketResult>${'<Contents><Key>'.repeat(50_000)}</ListBucketResult>`],
    ['keys that never end', `<ListBucketResult>${'<Key>a'.repeat(130_000)}`],
    ['entities', `<ListBucketResult><Contents><Key>${'&'.repeat(800_000)}</Key></Contents></ListBucketResult>`],
    ['a type of document', `<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult></ListBucketResult>`],
    ['open tags', `<ListBucketResult>${'<'.repeat(800_000)}`],
    ['another document', '<html><body>ListBucketResult</body></html>'],
  ])('of %s is refused at once', async (_name, xml) => {
    await using server = await listing(xml);
    const begin = performance.now();
    expect(await failure(server.job.download(directory(), { s3 }))).toMatchObject({ reason: 'http' });
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  test.each(['k/../../x', 'k/a\\..\\..\\x', 'k//etc/passwd', 'k/C:x', 'other/x', 'k/a&#0;b'])(
    'with the key %s writes nothing',
    async (key) => {
      await using server = await listing(`<ListBucketResult>${object(key)}</ListBucketResult>`);
      const out = directory();
      expect((await failure(server.job.download(out, { s3 }))).reason).toMatch(/^(http|unsafe-entry)$/);
      expect(await leftBy(out)).toEqual([]);
    },
  );

  test('that is too long is an error that names the option', async () => {
    await using server = await listing(Buffer.alloc(20_000_000, ' '));
    expect(await failure(server.job.download(directory(), { s3 }))).toMatchObject({
      reason: 'too-large',
      message: expect.stringContaining('limits.listingBytes'),
    });
    expect(await failure(server.job.download(directory(), { s3, limits: { listingBytes: 1_000 } }))).toMatchObject({
      reason: 'too-large',
    });
  });

  test('that is endless and has only folder markers reaches limits.entries', async () => {
    await using server = await listing(
      (number) =>
        `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${number}</NextContinuationToken>${object('k/d/', '0')}</ListBucketResult>`,
    );
    expect(await failure(server.job.download(directory(), { s3, limits: { entries: 50 } }))).toMatchObject({
      reason: 'too-large',
      message: expect.stringContaining('limits.entries'),
    });
  });

  test('whose error arrives byte by byte is given up in seconds', async () => {
    await using store = await storeServer((_request, response) => {
      response.writeHead(404);
      const timer = setInterval(() => response.write('x'), 200);
      response.on('close', () => clearInterval(timer));
    });
    await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
    const begin = performance.now();
    expect(await failure(jobAt(api.url).download(directory()))).toMatchObject({ reason: 'gone' });
    expect(performance.now() - begin).toBeLessThan(4_000);
  });
});
