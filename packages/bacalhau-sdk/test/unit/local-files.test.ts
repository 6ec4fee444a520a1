import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { InvalidJobError } from '../../src/errors/index.js';
import type { DirectoryHandleLike, FileHandleLike, FilesInput, Job, LocalFiles } from '../../src/index.js';
import { checkJob } from '../../src/spec/check-job.js';
import { compareJobs } from '../../src/spec/compare-jobs.js';
import { fingerprintOf } from '../../src/spec/fingerprint.js';
import type { JobInput, TaskInputSource } from '../../src/spec/job-input.js';
import { SAMPLE_FINGERPRINT, SAMPLE_FOLDER, SAMPLE_TAR_SHA256 } from '../support/sample-folder.js';
import { writeFiles } from '../support/write-files.js';

const TARGET = { target: '/in' };

let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'local-files-'));
  folder = join(home, 'data');
  await writeFiles(folder, SAMPLE_FOLDER);
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The job as it is sent, of which the check of every submission has nothing to say. */
async function complete(path: LocalFiles, settings: FilesInput = TARGET): Promise<JobInput> {
  const job = await docker({ image: 'ubuntu', inputs: [inputs.files(path, settings)] }).toJob();
  checkJob(job);
  return job;
}

const fingerprint = async (path: LocalFiles, settings?: FilesInput): Promise<string> =>
  fingerprintOf(await complete(path, settings));

const urlOf = (input: TaskInputSource | undefined): string => String(Object(input?.Source.Params).URL);

/** The media type and the bytes that are sent. */
async function sent(path: LocalFiles, settings?: FilesInput): Promise<[string, Buffer]> {
  const [source] = (await complete(path, settings)).Tasks[0]?.InputSources ?? [];
  const [, mediaType = '', data = ''] = /^data:([^;]+);base64,(.*)$/.exec(urlOf(source)) ?? [];
  return [mediaType, Buffer.from(data, 'base64')];
}

const paths = async (path: LocalFiles, settings?: FilesInput): Promise<string[]> =>
  (await unpackTar(gunzipSync((await sent(path, settings))[1]))).map(({ header }) => header.name);

const files = (content: Readonly<Record<string, string>>): File[] =>
  Object.entries(content).map(([path, text]) => new File([text], path));

/** What a page gets from `<input webkitdirectory>`. */
function fileList(content: Readonly<Record<string, string>>): ArrayLike<File> {
  const list = Object.entries(content).map(([path, text]) =>
    Object.defineProperty(new File([text], path.split('/').at(-1) ?? ''), 'webkitRelativePath', {
      value: `any/${path}`,
    }),
  );
  return { ...list, length: list.length };
}

/** What a page gets from `showDirectoryPicker()`. */
function directoryHandle(name: string, content: Readonly<Record<string, string>>): DirectoryHandleLike {
  const here = Object.entries(content).filter(([path]) => !path.includes('/'));
  const names = new Set(Object.keys(content).flatMap((path) => path.split('/').slice(0, -1).slice(0, 1)));
  const inside = (folderName: string) =>
    Object.entries(content).flatMap(([path, text]) =>
      path.startsWith(`${folderName}/`) ? [[path.slice(folderName.length + 1), text] as const] : [],
    );
  return {
    kind: 'directory',
    name,
    async *values() {
      for (const folderName of names) yield directoryHandle(folderName, Object.fromEntries(inside(folderName)));
      for (const [fileName, text] of here) yield fileHandle(fileName, text);
    },
  };
}

function fileHandle(name: string, text: string): FileHandleLike {
  const file = new File([text], name, { lastModified: 1 });
  return { kind: 'file', name, getFile: async () => file };
}

describe('a folder', () => {
  test('is a tar.gz with everything in it by path, and says nothing about the machine it was on', async () => {
    const [mediaType, bytes] = await sent(folder);
    expect(mediaType).toBe('application/gzip');
    expect(createHash('sha256').update(gunzipSync(bytes)).digest('hex')).toBe(SAMPLE_TAR_SHA256);
    const entries = await unpackTar(gunzipSync(bytes));
    const names = entries.map(({ header }) => header.name);
    const inOrder = names.map((name) => name.replace(/\/$/, ''));
    expect(inOrder).toEqual([...inOrder].sort());
    expect(
      Object.fromEntries(entries.flatMap(({ header, data }) => (data ? [[header.name, `${Buffer.from(data)}`]] : []))),
    ).toEqual(SAMPLE_FOLDER);
    expect(names.filter((name) => name.endsWith('/'))).toEqual(['a/', 'a/deep/', 'ordner/']);
    for (const { header } of entries) {
      expect(header).toMatchObject({ mode: 0o755, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' });
    }
  });

  test('has one fingerprint on every system, in every runtime and from every kind of source', async () => {
    const sources = [
      folder,
      `${folder}/`,
      pathToFileURL(folder),
      files(SAMPLE_FOLDER),
      fileList(SAMPLE_FOLDER),
      directoryHandle('data', SAMPLE_FOLDER),
    ];
    expect(await Promise.all(sources.map((source) => fingerprint(source)))).toEqual(
      sources.map(() => SAMPLE_FINGERPRINT),
    );
  });

  test('has the same fingerprint when it is somewhere else, newer, with other modes, or with empty folders', async () => {
    const copy = join(home, 'copy');
    await writeFiles(copy, Object.fromEntries(Object.entries(SAMPLE_FOLDER).reverse()));
    await mkdir(join(copy, 'nothing', 'in it'), { recursive: true });
    await utimes(join(copy, 'b.txt'), 1, 1);
    await chmod(join(copy, 'b.txt'), 0o600);
    expect(await fingerprint(copy)).toBe(SAMPLE_FINGERPRINT);
  });

  test('has another fingerprint with other content, paths or target', async () => {
    const others = [
      { ...SAMPLE_FOLDER, 'b.txt': 'B' },
      { ...SAMPLE_FOLDER, 'c.txt': '' },
      Object.fromEntries(Object.entries(SAMPLE_FOLDER).map(([path, text]) => [`x${path}`, text])),
    ];
    const hashes = await Promise.all([
      ...others.map((other) => fingerprint(files(other))),
      fingerprint(folder, { target: '/other' }),
      fingerprint(folder),
    ]);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('counts by its tar, not by how it was compressed, for as long as its params stay', async () => {
    const job = await complete(folder);
    const change = (repack: (tar: Buffer) => Buffer): JobInput => {
      const copy = structuredClone(job);
      const data = urlOf(copy.Tasks[0]?.InputSources?.[0]).split(',')[1] ?? '';
      const URL = `data:application/gzip;base64,${repack(gunzipSync(Buffer.from(data, 'base64'))).toString('base64')}`;
      const [task] = job.Tasks;
      const [input] = task?.InputSources ?? [];
      if (task === undefined || input === undefined) throw new Error('no input');
      return {
        ...job,
        Tasks: [{ ...task, InputSources: [{ ...input, Source: { ...input.Source, Params: { URL } } }] }],
      };
    };
    // Somebody else's change is a change, though the source was spread.
    expect(await fingerprintOf(change((tar) => gzipSync(tar, { level: 0 })))).not.toBe(SAMPLE_FINGERPRINT);
    expect(await fingerprintOf({ ...job, Name: 'x', Tasks: job.Tasks.map((task) => ({ ...task })) })).toBe(
      SAMPLE_FINGERPRINT,
    );
  });

  test('cannot be told from one that another program packed, unless something else differs', async () => {
    const job = await complete(folder);
    const stored = (change: (url: string) => string): Job =>
      JSON.parse(JSON.stringify(job), (key, value: unknown) => (key === 'URL' ? change(String(value)) : value));
    expect(
      compareJobs(
        job,
        stored((url) => url),
      ),
    ).toBe(true);
    // The same tar, as another program may compress it, or another one.
    expect(
      compareJobs(
        job,
        stored((url) => `${url}AAAA`),
      ),
    ).toBeUndefined();
    expect(compareJobs(job, { ...stored((url) => `${url}AAAA`), Count: 2 })).toBe(false);
    expect(
      compareJobs(
        job,
        stored(() => 'data:text/plain;base64,eA=='),
      ),
    ).toBe(false);
    const file = await complete(new File(['x'], 'x'));
    const otherFile: Job = JSON.parse(JSON.stringify(await complete(new File(['y'], 'x'))));
    expect(compareJobs(file, otherFile)).toBe(false);
  });

  test('that is packed by GNU tar has the same files', async () => {
    const archive = join(home, 'archive.tar.gz');
    await writeFile(archive, (await sent(folder))[1]);
    await mkdir(join(home, 'out'));
    execFileSync('tar', ['-xzf', archive, '-C', join(home, 'out')]);
    expect(await fingerprint(join(home, 'out'))).toBe(SAMPLE_FINGERPRINT);
  });

  test('is read at each submission', async () => {
    const job = docker({ image: 'ubuntu', inputs: [inputs.files(folder, TARGET)] });
    const first = await fingerprintOf(await job.toJob());
    await appendFile(join(folder, 'b.txt'), '!');
    expect(await fingerprintOf(await job.toJob())).not.toBe(first);
  });

  test('is not sent as a copy by JSON, which holds only its path', async () => {
    const job: unknown = JSON.parse(
      JSON.stringify(docker({ image: 'ubuntu', inputs: [inputs.files(folder, TARGET)] })),
    );
    expect(() => checkJob(job)).toThrow(
      /not a data: URL\. Pass what wasm\(\), inputs\.files\(\) or job\.asInput\(\) returned/,
    );
  });
});

describe('patterns', () => {
  const settings = (patterns: Omit<FilesInput, 'target'>): FilesInput => ({ ...TARGET, ...patterns });

  beforeEach(() =>
    writeFiles(folder, {
      'top.csv': '',
      'a/inner.csv': '',
      'a/Upper.CSV': '',
      'node_modules/x/x.csv': '',
      '.env': 'SECRET',
    }),
  );

  test.each<[string, Omit<FilesInput, 'target'>, readonly string[]]>([
    [
      'a name, at any depth',
      { include: ['*.csv'] },
      ['a/', 'a/inner.csv', 'node_modules/', 'node_modules/x/', 'node_modules/x/x.csv', 'top.csv'],
    ],
    ['a name at the top', { include: ['/*.csv'] }, ['top.csv']],
    ['a folder', { include: ['a/deep/'] }, ['a/', 'a/deep/', 'a/deep/c.txt']],
    [
      'several, minus some',
      { include: ['*.csv', 'b.txt'], exclude: ['node_modules'] },
      ['a/', 'a/inner.csv', 'b.txt', 'top.csv'],
    ],
    ['any depth', { include: ['a/**/c.txt'] }, ['a/', 'a/deep/', 'a/deep/c.txt']],
    ['all but one', { include: ['*.csv'], exclude: ['*.csv', '!top.csv'] }, ['top.csv']],
  ])('select by %s', async (_what, patterns, expected) => {
    expect(await paths(folder, settings(patterns))).toEqual(expected);
    const all = {
      ...SAMPLE_FOLDER,
      'top.csv': '',
      'a/inner.csv': '',
      'a/Upper.CSV': '',
      'node_modules/x/x.csv': '',
      '.env': '',
    };
    expect(await paths(files(all), settings(patterns))).toEqual(expected);
    expect(await paths(directoryHandle('data', all), settings(patterns))).toEqual(expected);
  });

  test('leave out what is excluded, also where nothing could be read', async () => {
    await symlink('/etc', join(folder, 'node_modules', 'out'));
    await symlink('/nowhere', join(folder, 'broken'));
    const names = await paths(folder, settings({ exclude: ['node_modules/', '.env', 'broken'] }));
    expect(names).not.toContain('.env');
    expect(names.some((name) => name.startsWith('node_modules'))).toBe(false);
  });

  test.each<[Omit<FilesInput, 'target'>, RegExp]>([
    [{ include: ['*.csv', '*.tsv'] }, /^include has the pattern "\*\.tsv", which matches no file of ".*data"/],
    [{ include: ['a/'], exclude: ['a'] }, /^include has the pattern "a\/", which matches no file/],
    [{ include: ['*.CSVX'] }, /matches no file/],
    [{ exclude: ['*'] }, /^path ".*data" cannot be sent: it has no files\./],
    [{ exclude: ['./.env'] }, /^exclude\[0\] is "\.\/\.env"\. Patterns are relative to the folder/],
    [{ exclude: ['a', '../b'] }, /^exclude\[1\] is "\.\.\/b"/],
    [{ include: ['!a'] }, /^include\[0\] is "!a", which matches nothing/],
    [{ include: [''] }, /^include\[0\] is "", which matches nothing/],
  ])('%j are refused', async (patterns, message) => {
    await expect(complete(folder, settings(patterns))).rejects.toThrow(message);
  });

  test('are not for a file', async () => {
    await expect(complete(join(folder, 'b.txt'), settings({ exclude: ['x'] }))).rejects.toThrow(
      /^exclude is for the files of a folder, and ".*b\.txt" is a file\. Remove it\./,
    );
  });
});

describe('a file', () => {
  test('is sent as it is, and is the same from every kind of source', async () => {
    const place = join(folder, 'b.txt');
    const text = SAMPLE_FOLDER['b.txt'];
    expect(await sent(place)).toEqual(['application/octet-stream', Buffer.from(text)]);
    const sources = [place, pathToFileURL(place), new File([text], 'x'), new Blob([text]), fileHandle('y', text)];
    const hashes = await Promise.all(sources.map((source) => fingerprint(source)));
    expect(new Set(hashes).size).toBe(1);
    // A folder with that file is something else.
    expect(hashes).not.toContain(await fingerprint(files({ 'b.txt': text })));
  });

  test('in many pieces arrives whole', async () => {
    const content = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));
    await writeFile(join(home, 'large'), content);
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(hash((await sent(join(home, 'large')))[1])).toBe(hash(content));
    expect(hash((await sent(new Blob([content])))[1])).toBe(hash(content));
  });
});

describe('links', () => {
  test('are replaced by what they lead to in the folder', async () => {
    await symlink('b.txt', join(folder, 'link.txt'));
    await symlink(join('..', 'a'), join(folder, 'ordner', 'to-a'));
    const linked = {
      ...SAMPLE_FOLDER,
      'link.txt': SAMPLE_FOLDER['b.txt'],
      'ordner/to-a/deep/c.txt': SAMPLE_FOLDER['a/deep/c.txt'],
    };
    const withA = Object.fromEntries(
      Object.entries(SAMPLE_FOLDER).flatMap(([path, text]) =>
        path.startsWith('a/') ? [[`ordner/to-${path}`, text]] : [],
      ),
    );
    expect(await fingerprint(folder)).toBe(await fingerprint(files({ ...linked, ...withA })));
  });

  test('to the folder itself are followed', async () => {
    await symlink(folder, join(home, 'alias'));
    expect(await fingerprint(join(home, 'alias'))).toBe(SAMPLE_FINGERPRINT);
  });

  test.each([
    ['leads out of the folder', '/etc/passwd'],
    ['leads out of the folder', '/etc'],
    ['leads out of the folder', '../data-too'],
    ['leads nowhere', 'nothing'],
    ['leads back to a folder above it', '..'],
    ['leads back to a folder above it', '.'],
  ])('a link that %s is an error (%s)', async (problem, target) => {
    await mkdir(join(home, 'data-too'));
    await symlink(target === '../data-too' ? '../../data-too' : target, join(folder, 'a', 'link'));
    await expect(complete(folder)).rejects.toThrow(
      `cannot be sent: its "a/link" is a link that ${problem}. Exclude it with {"exclude":["/a/link"]}.`,
    );
  });

  test('something that is no file is an error, and is never waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(complete(folder)).rejects.toThrow('its "pipe" is neither a file nor a folder. Exclude it');
    await expect(complete(join(folder, 'pipe'))).rejects.toThrow('cannot be sent: it is a pipe, not a regular file');
  });
});

describe('what cannot be sent is refused before anything is', () => {
  test('nothing at the path', async () => {
    const refused = complete(join(home, 'nothing'));
    await expect(refused).rejects.toBeInstanceOf(InvalidJobError);
    await expect(refused).rejects.toHaveProperty('field', 'path');
    await expect(refused).rejects.toThrow(
      `path "${home}/nothing" cannot be sent: there is no such file or directory (ENOENT).`,
    );
  });

  test('an empty folder', async () => {
    await mkdir(join(home, 'empty'));
    await expect(complete(join(home, 'empty'))).rejects.toThrow('cannot be sent: it has no files.');
  });

  test('a file that is larger than a job', async () => {
    await expect(complete(new Blob([Buffer.alloc(750_001)]))).rejects.toThrow(
      /it has 750001 bytes, and a job carries files of up to 750000\. .*set via/,
    );
  });

  test('a folder that is larger than a job when it is compressed', async () => {
    const content = createHash('shake256', { outputLength: 900_000 }).update('noise').digest();
    await writeFile(join(folder, 'noise'), content);
    await expect(complete(folder)).rejects.toThrow(
      /its files \(\d, 900\d+ bytes\) have more than 750000 bytes when they are compressed/,
    );
  });

  test('a file of a folder that nodes do not unpack, though it is small when it is compressed', async () => {
    await writeFile(join(folder, 'zeros'), Buffer.alloc(10 * 1024 * 1024));
    expect((await sent(folder))[1].length).toBeLessThan(20_000);
    await appendFile(join(folder, 'zeros'), '0');
    await expect(complete(folder)).rejects.toThrow(
      'its "zeros" has 10485761 bytes, and nodes unpack files of up to 10485760.',
    );
  });

  test('what can never be small enough, without reading it', async () => {
    const read = jest.fn(async () => new ArrayBuffer(0));
    const huge = { name: 'huge', size: 2 ** 40, slice: () => ({ arrayBuffer: read }) };
    await expect(complete(huge)).rejects.toThrow('it has 1099511627776 bytes');
    await expect(complete([huge])).rejects.toThrow('its files (1, 1099511627776 bytes) have more than');
    expect(read).not.toHaveBeenCalled();
  });

  test('two inputs that are too large together', async () => {
    const half = inputs.files(new Blob([Buffer.alloc(500_000)]), TARGET);
    const job = await docker({ image: 'ubuntu', inputs: [half, { ...half, Target: '/too' }] }).toJob();
    expect(() => checkJob(job)).toThrow(/^Job has 13\d{5} bytes; nodes can be sent 1000000/);
  });

  test.each([
    ['a\\b', 'has a name that nodes refuse'],
    ['a../b', 'has a name that nodes refuse'],
    ['b.txt/x', 'is there twice'],
    ['b.txt', 'is there twice'],
  ])('the path %j in a list of files', async (path, problem) => {
    const list = [...files(SAMPLE_FOLDER), new File([''], path)];
    await expect(complete(list)).rejects.toThrow(
      `cannot be sent: its ${JSON.stringify(path === 'b.txt/x' ? 'b.txt' : path)} ${problem}`,
    );
  });

  test.each(['a/../../x', '/etc/passwd', 'a//b', '.', ''])('the path %j, which is not in a folder', async (path) => {
    const refused = complete([...files({ 'b.txt': '' }), new File([''], path)]);
    await expect(refused).rejects.toThrow(`path[1] has the name ${JSON.stringify(path)}, which is not that of a file`);
  });

  test.each([
    ['', 'not ""'],
    ['https://example.org/a.csv', 'not "https://example.org/a.csv"'],
    [new URL('https://example.org/a.csv'), 'not "https://example.org/a.csv"'],
    [new Uint8Array(3), 'inputs.inline'],
    [[], 'must be a file or folder'],
    [['a.txt'], 'must be a file or folder'],
    [null, 'not null'],
    [undefined, 'not undefined'],
  ])('%p instead of files', (path, message) => {
    expect(() => Reflect.apply(inputs.files, inputs, [path, TARGET])).toThrow(message);
  });

  test.each([
    [undefined, /^settings of inputs\.files must be an object/],
    [{}, /^target is missing/],
    [{ target: '/in', includes: ['a'] }, /^includes is not a setting of inputs\.files\. .*include/],
    [{ target: '/in', include: '*.csv' }, /^include must be an array of strings/],
  ])('the settings %j', (settings, message) => {
    expect(() => Reflect.apply(inputs.files, inputs, [folder, settings])).toThrow(message);
  });
});

describe('what changes while it is read is refused', () => {
  /** A file that does something when its first piece is read. */
  const changing = (content: string, change: () => Promise<unknown>, size = content.length) => ({
    name: 'b.txt',
    size,
    slice: () => ({
      arrayBuffer: async () => {
        await change();
        return new TextEncoder().encode(content).buffer;
      },
    }),
  });
  const CHANGED = 'cannot be sent: it changed while it was read. Submit the job again when nothing writes to it.';

  test.each([
    ['shorter', 'abc', 5],
    ['longer', 'abcdefgh', 5],
  ])('content that is %s than announced', async (_what, content, size) => {
    await expect(complete(changing(content, async () => undefined, size))).rejects.toThrow(CHANGED);
    await expect(complete([changing(content, async () => undefined, size)])).rejects.toThrow(CHANGED);
  });

  test('a file that is gone or refused when it is read', async () => {
    const gone = changing('abc', async () => Promise.reject(new Error('The file could not be read')));
    await expect(complete([gone])).rejects.toThrow('its "b.txt" cannot be read: The file could not be read.');
  });

  test.each([
    ['a file that is written to', () => appendFile(join(folder, 'ordner', 'ä.txt'), 'more')],
    ['a file that is replaced by one of the same size', () => writeFile(join(folder, 'b.txt'), 'X')],
    ['a file that is added', () => writeFile(join(folder, 'a', 'new'), '')],
    ['a file that is removed', () => rm(join(folder, 'b.txt'))],
  ])('%s', async (_what, change) => {
    const { listFiles } = jest.requireActual<typeof import('../../src/platform/node/local-files.js')>(
      '../../src/platform/node/local-files.js',
    );
    const { platform } = jest.requireActual<typeof import('../../src/platform/node/index.js')>('#platform');
    let isFirst = true;
    const spy = jest.spyOn(platform, 'listFiles').mockImplementation(async (path, selection) => {
      const listing = await listFiles(path, selection);
      if (!isFirst) return listing;
      isFirst = false;
      await change();
      return listing;
    });
    try {
      await expect(complete(folder)).rejects.toThrow(
        /it changed while it was read|cannot be read: there is no such file/,
      );
    } finally {
      spy.mockRestore();
    }
  });
});

test.each<[unknown, string, RegExp]>([
  [{}, 'via', /one of s3, ipfs and serve/],
  [{ s3: { bucket: 'b' }, serve: { host: 'h' } }, 'via', /one of s3, ipfs and serve/],
  ['s3', 'via', /must be an object/],
  [{ S3: { bucket: 'b' } }, 'via.S3', /is not a setting/],
  [{ s3: {} }, 'via.s3.bucket', /is missing/],
  [{ s3: { bucket: 'b', credentials: { accessKeyId: 'a' } } }, 'via.s3.credentials.secretAccessKey', /is missing/],
  [{ s3: { bucket: 'b', credentials: 'public' } }, 'via.s3.credentials', /an object or "anonymous"/],
  [{ ipfs: { api: 'x', headers: { a: 1 } } }, 'via.ipfs.headers.a', /must be a string/],
  [{ ipfs: { url: 'x' } }, 'via.ipfs.url', /is not a setting/],
  [{ serve: { host: ' ' } }, 'via.serve.host', /is missing/],
  [{ serve: { host: 'h', port: 70_000 } }, 'via.serve.port', /0 to 65535/],
])('inputs.files: via %j is refused, naming the setting %s', (via, field, message) => {
  const settings = Object.assign({ target: '/in' }, { via });
  let error: unknown;
  try {
    inputs.files(home, Object(settings));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(InvalidJobError);
  expect(error).toMatchObject({ field, message: expect.stringMatching(message) });
});

test('inputs.files: a job that is completed without a client is not uploaded', async () => {
  const via = { s3: { bucket: 'b' } };
  await expect(complete(folder, { target: '/in', via })).rejects.toMatchObject({ field: 'via' });
});

test('inputs.files: too much data names via as the way out', async () => {
  await expect(complete(new File([new Uint8Array(800_000)], 'x'))).rejects.toThrow(/set via to send it by S3, by IPFS/);
});
