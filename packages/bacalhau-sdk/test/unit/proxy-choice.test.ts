import { proxyFor } from '../../src/platform/node/proxy.js';
import type { ProxySettings } from '../../src/platform/platform.js';

const choose = (url: string, env: ProxySettings['env'], option?: string | false) =>
  proxyFor(new URL(url), { env, option })?.href;

const BOTH = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'secure:2' };

test.each<[string, ProxySettings['env'], string | undefined]>([
  ['http://h:1234', BOTH, 'http://plain:1/'],
  ['https://h', BOTH, 'http://secure:2/'],
  ['https://h', { https_proxy: 'http://lower:3' }, 'http://lower:3/'],
  ['https://h', { HTTP_PROXY: 'http://plain:1' }, undefined],
  ['http://h', {}, undefined],
  ['http://h', { HTTP_PROXY: ' ' }, undefined],
  ['http://localhost:1', BOTH, undefined],
  ['http://a.localhost', BOTH, undefined],
  ['http://localhost.', BOTH, undefined],
  ['http://127.8.9.1', BOTH, undefined],
  ['http://[::1]:5', BOTH, undefined],
  ['http://127.example.org', BOTH, 'http://plain:1/'],
  ['http://h', { ...BOTH, NO_PROXY: '*' }, undefined],
  ['http://h', { ...BOTH, NO_PROXY: 'other, h' }, undefined],
  ['http://a.h', { ...BOTH, no_proxy: 'h' }, undefined],
  ['http://ah', { ...BOTH, NO_PROXY: 'h' }, 'http://plain:1/'],
  ['http://a.h', { ...BOTH, NO_PROXY: '.h' }, undefined],
  ['http://h', { ...BOTH, NO_PROXY: '.h' }, 'http://plain:1/'],
  ['http://a.h', { ...BOTH, NO_PROXY: '*.h' }, undefined],
  ['http://h:1234', { ...BOTH, NO_PROXY: 'h:1234' }, undefined],
  ['http://h:1235', { ...BOTH, NO_PROXY: 'h:1234' }, 'http://plain:1/'],
  ['https://h', { ...BOTH, NO_PROXY: 'h:443' }, undefined],
  ['http://10.1.2.3', { ...BOTH, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['http://11.1.2.3', { ...BOTH, NO_PROXY: '10.0.0.0/8' }, 'http://plain:1/'],
  ['http://[fe80::1]:8', { ...BOTH, NO_PROXY: '[fe80::1]:8' }, undefined],
])('%s with %j goes through %s', (url, env, expected) => {
  expect(choose(url, env)).toBe(expected);
});

test('an option decides, except for loopback', () => {
  expect(choose('http://h', {}, 'http://p:9')).toBe('http://p:9/');
  expect(choose('http://h', { ...BOTH, NO_PROXY: '*' }, 'http://p:9')).toBe('http://p:9/');
  expect(choose('http://h', BOTH, false)).toBeUndefined();
  expect(choose('http://127.0.0.1', {}, 'http://p:9')).toBeUndefined();
});

test('an address that is none is refused without being quoted', () => {
  expect(() => choose('http://h', { HTTP_PROXY: 'http://ada:hunter2@:::' })).toThrow(
    /HTTP_PROXY must be the address of an HTTP proxy/,
  );
  expect(() => choose('http://h', { HTTP_PROXY: 'http://ada:hunter2@:::' })).not.toThrow(/hunter2/);
});
