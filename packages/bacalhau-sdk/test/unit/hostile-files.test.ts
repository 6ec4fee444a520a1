import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { ConfigurationError, InvalidJobError } from '../../src/errors/client-errors.js';
import { loadJob, parseJob, wasm } from '../../src/index.js';
import { textFiles } from '../../src/platform/node/files.js';
import { keyFiles } from '../../src/platform/node/key-files.js';
import { parseProxyAddress } from '../../src/platform/proxy-address.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bacalhau-files-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lines: string[] = [];
const log = (line: string): void => void lines.push(line);
const client = (options = {}): Bacalhau =>
  new Bacalhau({ dir, env: {}, logger: { debug: log, info: log, warn: log, error: log }, ...options });
const inDir = (name: string): string => join(dir, name);
const onUnix = process.platform === 'win32' ? test.skip : test;

/** What may be in the place of a file, and how the error calls it. */
const INTRUDERS: Readonly<Record<string, readonly [(path: string) => void, RegExp]>> = {
  'a pipe': [(path) => void execFileSync('mkfifo', [path]), /it is a pipe, not a regular file/],
  'a directory': [(path) => mkdirSync(path), /it is a directory/],
  'a link to a device': [(path) => symlinkSync('/dev/zero', path), /it is a device/],
  'a link to nothing': [(path) => symlinkSync('nowhere', path), /a link to a file that does not exist/],
  'a link to itself': [(path) => symlinkSync(path, path), /a link that leads back to itself/],
  'a file without end': [(path) => writeFileSync(path, Buffer.alloc(5_000_000, 'a')), /larger than 4194304 bytes/],
  'UTF-16 text': [(path) => writeFileSync(path, Buffer.from('\ufeffAPI: {}', 'utf16le')), /Save it as UTF-8/],
};

/** Who reads files, and what comes of it. */
const READERS: Readonly<Record<string, readonly [name: string, read: () => Promise<unknown>]>> = {
  'config.yaml': ['config.yaml', () => client().config()],
  'the file of an authority': [
    'ca.pem',
    () => client({ host: 'h', https: true, tls: { caFile: inDir('ca.pem') } }).config(),
  ],
  'a profile': ['profiles/p.yaml', () => client({ profile: 'p' }).config()],
  'the key': ['user_id.pem', () => client().identity()],
  tokens: [
    'tokens.json',
    async () => {
      lines.length = 0;
      await client({ baseUrl: 'http://127.0.0.1:9', maxRetries: 0 })
        .jobs.list()
        .catch(() => undefined);
      const warning = lines.find((line) => line.includes('tokens.json'));
      if (warning !== undefined) throw new ConfigurationError(warning);
    },
  ],
};

describe.each(Object.entries(READERS))('%s', (_reader, [name, read]) => {
  onUnix.each(Object.entries(INTRUDERS))(
    'never waits for %s in its place, and reports it',
    async (_intruder, [put, message]) => {
      mkdirSync(inDir('profiles'));
      put(inDir(name));
      if (name.endsWith('.json') || name === 'user_id.pem') {
        try {
          chmodSync(inDir(name), 0o600);
        } catch {
          // A link that leads nowhere.
        }
      }
      const error = await read().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toMatch(message);
      expect(String(error)).toContain(name);
    },
    10_000,
  );
});

onUnix('a pipe in the place of a job file or a module is an error at once', async () => {
  execFileSync('mkfifo', [inDir('job.yaml')]);
  await expect(loadJob(inDir('job.yaml'))).rejects.toThrow(InvalidJobError);
  await expect(loadJob(inDir('job.yaml'))).rejects.toThrow(/it is a pipe, not a regular file/);
  await expect(wasm({ module: inDir('job.yaml') }).toJob()).rejects.toThrow(/it is a pipe/);
});

test.each([
  ['timeoutMs', (bacalhau: Bacalhau) => bacalhau.jobs.list({ timeoutMs: 100 }), RequestTimeoutError],
  ['signal', (bacalhau: Bacalhau) => bacalhau.jobs.list({ signal: AbortSignal.timeout(100) }), RequestAbortedError],
  [
    'close()',
    (bacalhau: Bacalhau) => {
      setTimeout(() => void bacalhau.close(), 100);
      return bacalhau.jobs.list();
    },
    RequestAbortedError,
  ],
] as const)('%s counts while a disk does not answer', async (_what, call, expected) => {
  const { platform } = await import('../../src/platform/node/index.js');
  const { readSettings } = platform;
  Object.assign(platform, { readSettings: () => new Promise(() => undefined) });
  try {
    await expect(call(client())).rejects.toThrow(expected);
  } finally {
    Object.assign(platform, { readSettings });
  }
});

const manyKeys = (count: number): string => Array.from({ length: count }, (_, index) => `key-${index}: x\n`).join('');

test('20,000 keys of config.yaml are read in seconds, and a duplicate is found', async () => {
  writeFileSync(inDir('config.yaml'), `${manyKeys(20_000)}API: {Host: h}\n`);
  const started = performance.now();
  expect((await client().config()).baseUrl).toBe('http://h:1234');
  expect(performance.now() - started).toBeLessThan(10_000);
  writeFileSync(inDir('config.yaml'), `${manyKeys(100)}key-50: y\n`);
  await expect(client().config()).rejects.toThrow(/DUPLICATE_KEY in line 101, column 1/);
});

test('20,000 keys of a job file are read in seconds', async () => {
  const started = performance.now();
  await expect(parseJob(manyKeys(20_000))).rejects.toThrow(InvalidJobError);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test.each([
  ['parentheses', `{{${'('.repeat(20_000)}}}`],
  ['words', `{{${'"a" '.repeat(20_000)}}}`],
  ['pipes', `{{.a${'|print'.repeat(20_000)}}}`],
  ['conditions', '{{if true}}'.repeat(5_000)],
])('a template of a great many %s is an error of bounded length', async (_what, template) => {
  const error: unknown = await parseJob(template, { variables: { a: 'b' } }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidJobError);
  expect(String(error).length).toBeLessThan(600);
});

test('an extremely deep config.yaml is an error', async () => {
  writeFileSync(inDir('config.yaml'), '['.repeat(100_000));
  await expect(client().config()).rejects.toThrow(ConfigurationError);
});

test('a byte order mark is ignored', async () => {
  writeFileSync(inDir('config.yaml'), '\ufeffAPI: {Host: h}\n');
  expect((await client().config()).baseUrl).toBe('http://h:1234');
});

test('a bare % in the password of a proxy is literal', () => {
  expect(decodeURIComponent(parseProxyAddress('http://ada:50%@h:1', 'proxy').password)).toBe('50%');
  expect(decodeURIComponent(parseProxyAddress('http://ada:a%20b@h:1', 'proxy').password)).toBe('a b');
});

onUnix('stored tokens that other users can read are not used, and the warning says what to do', async () => {
  writeFileSync(inDir('tokens.json'), '{"http://h:1234": "token"}', { mode: 0o644 });
  await expect(textFiles.readSecret(inDir('tokens.json'), { allowReadable: false })).rejects.toThrow(/chmod 600/);
  expect(await textFiles.readSecret(inDir('tokens.json'), { allowReadable: true })).toContain('token');
});

// That a file system is read-only is tested with a real one, in newest-server/read-only-disk.test.ts.
onUnix('where no directory can be made, the error names the reason, not a missing file', async () => {
  writeFileSync(inDir('a-file'), '');
  const ensured = keyFiles.ensure(inDir('a-file/deeper'), 'user_id.pem', async () => 'pem');
  await expect(ensured).rejects.toThrow(ConfigurationError);
  await expect(ensured).rejects.toThrow(/user_id\.pem: a part of its path is not a directory \(ENOTDIR\)/);
});
