import { Bacalhau } from '../../src/client/bacalhau.js';
import type { ConfigInput } from '../../src/config/input.js';
import { resolveConfig } from '../../src/config/resolve.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { EnvironmentVariables } from '../../src/platform/environment.js';

const resolve = (input: ConfigInput = {}, env: EnvironmentVariables = {}) =>
  resolveConfig(input, { env, homeDirectory: '/home/ada' }).config;
const baseUrl = (input: ConfigInput = {}, env: EnvironmentVariables = {}) => resolve(input, env).baseUrl;

describe('the address', () => {
  test('is the command line’s when nothing is set', () => {
    expect(resolve()).toEqual({
      baseUrl: 'http://127.0.0.1:1234',
      namespace: undefined,
      dir: '/home/ada/.bacalhau',
      profile: undefined,
      tls: { ca: undefined, caFile: undefined, insecure: false },
      logLevel: 'warn',
      sources: { endpoint: 'default', dir: 'default', tls: 'default', logLevel: 'default' },
    });
  });

  test.each<[EnvironmentVariables, string]>([
    [{ BACALHAU_API_HOST: 'bacalhau.example.org' }, 'http://bacalhau.example.org:1234'],
    [{ BACALHAU_API_HOST: 'h', BACALHAU_API_PORT: '80' }, 'http://h:80'],
    [{ BACALHAU_API_PORT: '9999' }, 'http://127.0.0.1:9999'],
    [{ BACALHAU_HTTPS: '1' }, 'https://127.0.0.1:1234'],
    [{ BACALHAU_HTTPS: 'yes', BACALHAU_API_HOST: 'h' }, 'https://h:1234'],
    [{ BACALHAU_HTTPS: 'false' }, 'http://127.0.0.1:1234'],
    [{ BACALHAU_HTTPS: '0' }, 'http://127.0.0.1:1234'],
    // A URL's scheme and port win; without a port it is the API's, not that of the scheme.
    [{ BACALHAU_API_HOST: 'https://h' }, 'https://h:1234'],
    [{ BACALHAU_API_HOST: 'https://h', BACALHAU_API_PORT: '77' }, 'https://h:77'],
    [{ BACALHAU_API_HOST: 'https://h:443', BACALHAU_API_PORT: '77' }, 'https://h:443'],
    [{ BACALHAU_API_HOST: 'http://h:80/' }, 'http://h:80'],
    [{ BACALHAU_API_HOST: 'http://h:5', BACALHAU_HTTPS: '1' }, 'http://h:5'],
    [{ BACALHAU_API_HOST: '0.0.0.0' }, 'http://127.0.0.1:1234'],
    [{ BACALHAU_API_HOST: 'http://0.0.0.0:5' }, 'http://127.0.0.1:5'],
    [{ BACALHAU_API_HOST: '::1' }, 'http://[::1]:1234'],
    [{ BACALHAU_API_HOST: '[::]' }, 'http://[::1]:1234'],
    [{ BACALHAU_API_HOST: 'http://[fe80::1]:8' }, 'http://[fe80::1]:8'],
    [{ BACALHAU_API_HOST: '  h ', BACALHAU_API_PORT: ' 5 ' }, 'http://h:5'],
    [{ BACALHAU_API_HOST: '', BACALHAU_API_PORT: '' }, 'http://127.0.0.1:1234'],
  ])('from the environment %j is %s', (env, expected) => {
    expect(baseUrl({}, env)).toBe(expected);
    expect(resolve({}, env).sources.endpoint).toBe(Object.values(env).join('') === '' ? 'default' : 'environment');
  });

  test.each<[ConfigInput, string]>([
    [{ host: 'h' }, 'http://h:1234'],
    [{ host: 'h', port: 1, https: true }, 'https://h:1'],
    [{ host: 'https://h' }, 'https://h:1234'],
    [{ baseUrl: 'https://gateway.example.org' }, 'https://gateway.example.org'],
    [{ baseUrl: 'https://gateway.example.org/bacalhau/' }, 'https://gateway.example.org/bacalhau'],
    [{ baseUrl: 'http://0.0.0.0:5' }, 'http://127.0.0.1:5'],
    [{ https: false }, 'http://127.0.0.1:1234'],
  ])('from the options %j is %s', (input, expected) => {
    expect(baseUrl(input)).toBe(expected);
  });

  test('fills options that are not set from the environment, except beside a baseUrl', () => {
    const env = { BACALHAU_API_HOST: 'env', BACALHAU_API_PORT: '7', BACALHAU_HTTPS: '1' };
    expect(baseUrl({ host: 'option' }, env)).toBe('https://option:7');
    expect(baseUrl({ port: 8 }, env)).toBe('https://env:8');
    expect(baseUrl({ https: false }, env)).toBe('http://env:7');
    expect(baseUrl({ baseUrl: 'http://b' }, env)).toBe('http://b');
    expect(resolve({ host: 'option' }, env).sources.endpoint).toBe('option');
  });

  test.each<[EnvironmentVariables, RegExp]>([
    [{ BACALHAU_API_PORT: 'abc' }, /BACALHAU_API_PORT is "abc".*1 to 65535/],
    [{ BACALHAU_API_PORT: '0' }, /BACALHAU_API_PORT/],
    [{ BACALHAU_API_PORT: '65536' }, /BACALHAU_API_PORT/],
    [{ BACALHAU_API_PORT: '12.5' }, /BACALHAU_API_PORT/],
    [{ BACALHAU_API_HOST: 'a b' }, /BACALHAU_API_HOST is "a b"/],
    [{ BACALHAU_API_HOST: 'host:1234' }, /BACALHAU_API_HOST.*port separately.*http:\/\/host:1234/],
    [{ BACALHAU_API_HOST: 'h/path' }, /BACALHAU_API_HOST/],
    [{ BACALHAU_API_HOST: 'http://' }, /BACALHAU_API_HOST/],
    [{ BACALHAU_API_HOST: 'ftp://h' }, /scheme ftp:.*http/],
    [{ BACALHAU_API_HOST: 'http://h/path' }, /has a path.*baseUrl/],
    [{ BACALHAU_API_HOST: 'http://h?x=1' }, /query/],
    [{ BACALHAU_API_HOST: 'h%zz' }, /BACALHAU_API_HOST/],
    [{ BACALHAU_SDK_LOG: 'loud' }, /BACALHAU_SDK_LOG is "loud".*debug/],
  ])('from the environment %j is refused, naming the variable', (env, message) => {
    expect(() => resolve({}, env)).toThrow(ConfigurationError);
    expect(() => resolve({}, env)).toThrow(message);
  });

  test.each<[ConfigInput, RegExp]>([
    [{ port: Number.NaN }, /port is/],
    [{ port: 70_000 }, /port is 70000/],
    [{ host: '' }, /host is empty/],
    [{ namespace: ' ' }, /namespace is empty/],
    [{ dir: '' }, /dir is empty/],
    [{ baseUrl: 'nonsense' }, /baseUrl is "nonsense"/],
    [{ baseUrl: 'http://h', port: 5 }, /either baseUrl or host/],
    [{ baseUrl: 'http://h/api/v1' }, /ends with \/api\/v1/],
  ])('from the options %j is refused, naming the option', (input, message) => {
    expect(() => resolve(input)).toThrow(ConfigurationError);
    expect(() => resolve(input)).toThrow(message);
  });

  test.each(['https://ada:hunter2@h', 'ada:hunter2@h', 'https://ada:hunter2@h:port', 'http://ada:hunter2@'])(
    'with a password in it (%s) is refused without repeating it',
    (address) => {
      for (const attempt of [() => resolve({}, { BACALHAU_API_HOST: address }), () => resolve({ baseUrl: address })]) {
        expect(attempt).toThrow(ConfigurationError);
        expect(attempt).not.toThrow(/hunter2/);
      }
    },
  );
});

describe('the directory', () => {
  test.each<[ConfigInput, EnvironmentVariables, string | undefined]>([
    [{}, { BACALHAU_DIR: '/keys' }, '/keys'],
    [{}, { BACALHAU_DIR: '~/keys' }, '/home/ada/keys'],
    [{ dir: './keys' }, { BACALHAU_DIR: '/other' }, './keys'],
  ])('of %j in %j is %s', (input, env, expected) => {
    expect(resolve(input, env).dir).toBe(expected);
  });

  test('is undefined without a home directory', () => {
    expect(resolveConfig({}, { env: {}, homeDirectory: undefined }).config.dir).toBeUndefined();
  });
});

test('the log level comes from the option, then from the environment', () => {
  expect(resolve({}, { BACALHAU_SDK_LOG: 'DEBUG' }).logLevel).toBe('debug');
  expect(resolve({ logLevel: 'off' }, { BACALHAU_SDK_LOG: 'debug' }).logLevel).toBe('off');
});

test.each<[string, unknown]>([
  ['baseUrl', 5],
  ['https', 'false'],
  ['profile', 5],
  ['proxy', true],
  ['proxy', null],
  ['logLevel', null],
  ['tls', null],
  ['tls', 'insecure'],
  ['tls.insecure', { insecure: 'false' }],
  ['tls.ca', { ca: 5 }],
])('plain JavaScript that gives for %s %j is told so', (name, value) => {
  const attempt = () => resolve({ [name.split('.')[0] ?? '']: value });
  expect(attempt).toThrow(ConfigurationError);
  expect(attempt).toThrow(name);
});

test.each([null, 5, 'localhost'])('options that are %j are refused', (options) => {
  expect(() => new Bacalhau(options as ClientOptions)).toThrow(ConfigurationError);
  expect(() => new Bacalhau({ env: {} }).withOptions(options as ClientOptions)).toThrow(ConfigurationError);
});
