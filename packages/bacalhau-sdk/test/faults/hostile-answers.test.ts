import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RateLimitError } from '../../src/errors/api-errors.js';
import { ConnectionError, ResponseTooLargeError } from '../../src/errors/call-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import { throwIfAborted } from '../../src/util/abort.js';
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';

const dir = keyDirectory();
const client = (baseUrl: string, options: ClientOptions = {}): Bacalhau =>
  new Bacalhau({ baseUrl, dir, env: {}, ...options });

const BOMB = gzipSync(Buffer.alloc(300 * 1024 * 1024, ' '));

test.each([200, 400, 503])('a gzip bomb with status %s ends with an error that names the option', async (status) => {
  await using server = await faultServer((response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(BOMB);
  });
  const before = process.memoryUsage().rss;
  const error = await client(server.url, { maxResponseBytes: 10_000_000 })
    .jobs.list()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ResponseTooLargeError);
  expect(String(error)).toMatch(/larger than 10000000 bytes, unpacked.*maxResponseBytes/);
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  // It is not retried.
  expect(server.seen).toHaveLength(1);
  // By default, too, and a call has its own limit.
  await expect(client(server.url).jobs.list({ maxResponseBytes: 100 })).rejects.toThrow(/larger than 100 bytes/);
});

test('a Retry-After of a day is not waited for, even without a deadline', async () => {
  await using server = await faultServer((response) =>
    json(response, 429, { Message: 'later' }, { 'retry-after': '86400' }),
  );
  const listed = client(server.url, { timeoutMs: Number.POSITIVE_INFINITY }).jobs.list();
  await expect(listed).rejects.toThrow(RateLimitError);
});

test.each([
  [
    'http://orchestrator.invalid:1234',
    'http://ada:pass-word@127.0.0.1:9',
    /the proxy http:\/\/127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/,
  ],
  [
    'https://orchestrator.invalid',
    'http://ada:pass-word@127.0.0.1:9',
    /the proxy http:\/\/127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/,
  ],
  [
    'http://orchestrator.invalid:1234',
    'http://proxy.invalid:3128',
    /the proxy http:\/\/proxy\.invalid:3128 cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/,
  ],
] as const)('a dead proxy on the way to %s is not reported as a dead orchestrator', async (url, proxy, message) => {
  const error = await client(url, { proxy, maxRetries: 0 })
    .jobs.list()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: 'ERR_PROXY_UNREACHABLE', outcomeUnknown: false });
  expect(String(error)).toMatch(message);
  expect(String(error)).not.toContain('pass-word');
});

test('a proxy that rejects its password, or never responds, is named in the error', async () => {
  await using proxy = await faultServer((response, number) => void (number === 1 && response.writeHead(407).end()));
  const through = client('http://orchestrator.invalid', { proxy: proxy.url, maxRetries: 0 });
  await expect(through.jobs.list()).rejects.toThrow(`the proxy ${proxy.url} answered 407`);
  await expect(through.jobs.list({ timeoutMs: 200 })).rejects.toThrow(`through the proxy ${proxy.url} within 200 ms`);
});

test('a signal shared by fifty calls and waits has one listener, and none afterwards', async () => {
  await using server = await faultServer(() => undefined);
  const controller = new AbortController();
  const { signal } = controller;
  const { jobs } = client(server.url);
  const calls = Array.from({ length: 50 }, (_, index) => [
    jobs.list({ signal }),
    jobs.handle(`j-${index}`).wait({ signal }),
    jobs.handle(`j-${index}`).download(`${dir}/out-${index}`, { signal }),
  ]).flat();
  const settled = Promise.allSettled(calls);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  controller.abort();
  await settled;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a runtime whose signals lack throwIfAborted and a reason gets an error, not a TypeError', () => {
  const { signal } = new AbortController();
  const old = {
    aborted: true,
    addEventListener: signal.addEventListener,
    removeEventListener: signal.removeEventListener,
  };
  expect(() => throwIfAborted(Object.assign(Object.create(null), old))).toThrow(/aborted/);
  const { throwIfAborted: method } = AbortSignal.prototype;
  expect(method).toBeDefined();
});
