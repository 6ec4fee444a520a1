import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import type { ClientOptions } from '../../src/http/options.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bacalhau-config-'));
  await mkdir(join(dir, 'profiles'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const config = (text: string) => writeFile(join(dir, 'config.yaml'), text);
const profile = (name: string, text: string) => writeFile(join(dir, 'profiles', `${name}.yaml`), text);
const select = (name: string) => symlink(`${name}.yaml`, join(dir, 'profiles', 'current'));
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const resolve = (options: ClientOptions = {}) => new Bacalhau({ dir, env: {}, logger: silent, ...options }).config();

test('the command line’s config.yaml is read, in the case that it writes and in the one it documents', async () => {
  await config('api:\n    host: bacalhau.example.org\n    port: 4567\n');
  expect(await resolve()).toMatchObject({
    baseUrl: 'http://bacalhau.example.org:4567',
    sources: { endpoint: 'config.yaml', dir: 'option', tls: 'default' },
    auth: 'automatic',
  });
  await config('API:\n  Host: h\n  Port: "1"\n  TLS: { UseTLS: true, Insecure: true }\nCompute: { Enabled: true }\n');
  expect(await resolve()).toMatchObject({
    baseUrl: 'https://h:1',
    tls: { insecure: true },
    sources: { tls: 'config.yaml' },
  });
  await config('API: { TLS: { CAFile: /nowhere/ca.pem, Insecure: true } }');
  await expect(resolve()).rejects.toThrow(/\/nowhere\/ca\.pem, does not exist/);
});

test('each part of an address comes from the first place that names it', async () => {
  await config('API: { Host: file, Port: 7, TLS: { UseTLS: true } }');
  expect((await resolve({ env: { BACALHAU_API_HOST: 'env' } })).baseUrl).toBe('https://env:7');
  expect((await resolve({ port: 8, env: { BACALHAU_API_HOST: 'env' } })).baseUrl).toBe('https://env:8');
  expect((await resolve({ baseUrl: 'http://option' })).baseUrl).toBe('http://option');
});

test('the selected profile brings its address, certificates and token', async () => {
  await profile(
    'prod',
    'endpoint: https://prod.example.org\nauth: {token: profile-token}\ntls: {insecure: true}\ntimeout: 5s\n',
  );
  await select('prod');
  expect(await resolve()).toMatchObject({
    baseUrl: 'https://prod.example.org',
    profile: 'prod',
    tls: { insecure: true },
    sources: { endpoint: 'profile', tls: 'profile' },
    auth: 'token',
  });
  expect(inspect(await resolve(), { depth: 10 })).not.toContain('profile-token');
});

test('a profile counts whole or not at all: not if options or environment name another address', async () => {
  await profile('prod', 'endpoint: https://prod.example.org\nauth: {token: profile-token}\n');
  await select('prod');
  const local = { baseUrl: 'http://127.0.0.1:1234', profile: undefined, auth: 'automatic' };
  expect(await resolve({ baseUrl: 'http://127.0.0.1:1234' })).toMatchObject(local);
  expect(await resolve({ env: { BACALHAU_API_HOST: '127.0.0.1' } })).toMatchObject(local);
  // As with the command line, the scheme alone names none.
  expect((await resolve({ env: { BACALHAU_API_TLS_USETLS: 'true' } })).profile).toBe('prod');
});

test('a profile is chosen by option, then by BACALHAU_PROFILE, then by the selection', async () => {
  for (const name of ['a', 'b', 'c']) await profile(name, `endpoint: http://${name}\n`);
  await select('c');
  expect((await resolve()).baseUrl).toBe('http://c');
  expect((await resolve({ env: { BACALHAU_PROFILE: 'b' } })).baseUrl).toBe('http://b');
  expect((await resolve({ profile: 'a', env: { BACALHAU_PROFILE: 'b' } })).baseUrl).toBe('http://a');
  // An option stands above the environment, so one that names a profile does too.
  expect((await resolve({ profile: 'a', env: { BACALHAU_API_HOST: 'env' } })).baseUrl).toBe('http://a');
  expect(() => new Bacalhau({ dir, env: {}, profile: 'a', host: 'h' })).toThrow(/either profile or baseUrl/);
});

test('credentials of the environment go before those of the profile', async () => {
  await profile('prod', 'endpoint: http://prod\nauth: {token: profile-token}\n');
  await select('prod');
  expect((await resolve({ env: { BACALHAU_API_KEY: 'key' } })).auth).toBe('api-key');
  expect((await resolve({ auth: { username: 'ada', password: 'x' }, env: { BACALHAU_API_KEY: 'key' } })).auth).toBe(
    'basic',
  );
  expect((await resolve({ auth: false })).auth).toBe('none');
});

test('a profile goes before config.yaml, and as the command line has it the other way round, that is said', async () => {
  await profile('prod', 'endpoint: http://prod\n');
  await select('prod');
  await config('API: { Port: 9 }');
  const lines: string[] = [];
  const logger = { ...silent, warn: (line: string) => void lines.push(line) };
  expect((await resolve({ logger })).baseUrl).toBe('http://prod');
  expect(lines).toEqual([expect.stringMatching(/Using the profile prod, although .*config\.yaml names/)]);
});

test('a missing profile is an error if it was requested, and not if it was only selected', async () => {
  await select('gone');
  expect((await resolve()).baseUrl).toBe('http://127.0.0.1:1234');
  const missing = resolve({ env: { BACALHAU_PROFILE: 'nope' } });
  await expect(missing).rejects.toBeInstanceOf(ConfigurationError);
  await expect(missing).rejects.toThrow(/no profile "nope".*nope\.yaml.*bacalhau profile save nope/);
});

test.each<[ClientOptions, RegExp]>([
  [{ profile: '../../etc/passwd' }, /profile is .*a path/],
  [{ env: { BACALHAU_PROFILE: 'a/b' } }, /BACALHAU_PROFILE is "a\/b".*a path/],
  [{ profile: ' ' }, /profile is empty/],
  [{ env: { BACALHAU_API_KEY: 'k', BACALHAU_API_USERNAME: 'u' } }, /both set.*Unset one/],
  [{ env: { BACALHAU_API_USERNAME: 'u' } }, /BACALHAU_API_USERNAME is set, but not BACALHAU_API_PASSWORD/],
  [{ env: { BACALHAU_API_PASSWORD: 'p' } }, /BACALHAU_API_PASSWORD is set, but not BACALHAU_API_USERNAME/],
  [{ env: { BACALHAU_API_TLS_INSECURE: 'maybe' } }, /BACALHAU_API_TLS_INSECURE is "maybe"/],
  [{ tls: { ca: 'x' } }, /tls\.ca contains no certificate/],
  [{ tls: { caFile: 'a', insecure: true } }, /tls\.insecure or a certificate authority, not both/],
  [{ tls: { cafile: 'a' } as object }, /There is no option tls\.cafile\. Did you mean tls\.caFile\?/],
  [{ tls: { caFile: 5 as never } }, /tls\.caFile must be a string, but is of type number/],
  [{ host: null as never }, /host must be a string, but is null/],
  [{ proxy: 'socks5://h' }, /proxy must be the address of an HTTP proxy/],
])('the constructor refuses %j', (options, message) => {
  expect(() => new Bacalhau({ dir, env: {}, ...options })).toThrow(ConfigurationError);
  expect(() => new Bacalhau({ dir, env: {}, ...options })).toThrow(message);
});

test.each([
  ['no YAML', 'API: {Host: "secret-host"', /config\.yaml is not valid YAML: \S+ in line 1/],
  ['a list', '- a\n', /config\.yaml contains no settings/],
  ['a wrong type', 'API: { Host: [secret-host] }', /API\.Host in .*config\.yaml must be a string/],
  ['a wrong port', 'API: { Port: 99999 }', /API\.Port in .*config\.yaml is 99999/],
])('a config.yaml with %s is an error that names it and does not quote it', async (_what, text, message) => {
  await config(text);
  await expect(resolve()).rejects.toBeInstanceOf(ConfigurationError);
  await expect(resolve()).rejects.toThrow(message);
  await expect(resolve()).rejects.not.toThrow(/secret-host/);
});

test.each([
  ['without an endpoint', 'description: x\n', /bad\.yaml has no endpoint/],
  ['without a scheme', 'endpoint: 127.0.0.1:1234\n', /endpoint in .*bad\.yaml/],
  ['that is empty', '', /has no endpoint/],
  ['with a token in the wrong place', 'endpoint: http://h\nauth: hunter2\n', /auth in .*bad\.yaml must be a mapping/],
])('a profile %s is an error that names it', async (_what, text, message) => {
  await profile('bad', text);
  await expect(resolve({ profile: 'bad' })).rejects.toThrow(message);
});

test('files are read before the first call, and again after an error', async () => {
  await config('API: [');
  const bacalhau = new Bacalhau({ dir, env: {} });
  expect(bacalhau.baseUrl).toBe('http://127.0.0.1:1234');
  await expect(bacalhau.config()).rejects.toBeInstanceOf(ConfigurationError);
  await config('API: { Port: 5 }');
  expect((await bacalhau.config()).baseUrl).toBe('http://127.0.0.1:5');
  // What options and environment say does not change under a reader.
  expect(bacalhau.baseUrl).toBe('http://127.0.0.1:1234');
});
