import { getEventListeners } from 'node:events';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RateLimitError, UnexpectedResponseError } from '../../src/errors/api-errors.js';
import { ConnectionError, RequestAbortedError, ResponseTooLargeError } from '../../src/errors/call-errors.js';
import { JobExistsError } from '../../src/errors/job-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { Job } from '../../src/index.js';
import { throwIfAborted } from '../../src/util/abort.js';
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { type HostileAnswer, hostileServer, htmlPage, rightAnswers } from '../support/random-server.js';
import { within } from '../support/within.js';

const dir = keyDirectory();
const client = (baseUrl: string, options: ClientOptions = {}): Bacalhau =>
  new Bacalhau({ baseUrl, dir, env: {}, ...options });

const SPACES = Buffer.alloc(300 * 1024 * 1024, ' ');
const BOMB = gzipSync(SPACES);

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

test.each([
  ['deflate', () => deflateSync(SPACES)],
  ['br', () => brotliCompressSync(SPACES)],
  ['x-gzip', () => BOMB],
  ['gzip, gzip', () => gzipSync(BOMB)],
] as const)('a response that is packed with %s is as limited, or not read', async (encoding, pack) => {
  await using server = await faultServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(pack());
  });
  const listed = client(server.url, { maxResponseBytes: 10_000_000, maxRetries: 0 }).jobs.list();
  const expected = encoding === 'gzip, gzip' ? UnexpectedResponseError : ResponseTooLargeError;
  await expect(listed).rejects.toBeInstanceOf(expected);
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

describe('a list that never ends', () => {
  const Labels = { 'bacalhau-sdk/map': 'a-map' };
  const entry = { Labels, ID: 'j-1', JobID: 'j-1', Name: 'a', Tasks: [], Event: { Message: 'x' }, Type: 'JobLevel' };
  const spec: Job = {
    ...{ Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] },
  };
  const endless = (token: (number: number) => string) =>
    faultServer((response, number) =>
      json(response, 200, { GitVersion: 'v1.9.3', Items: [entry], NextToken: token(number) }),
    );
  const TOKENS: readonly (readonly [string, (number: number) => string])[] = [
    ['the same token again', () => 'again'],
    ['two tokens in turn', (number) => `${number % 2}`],
    ['a new token for the same entries', (number) => `${number}`],
  ];
  const message = /would never end/;

  test.each(TOKENS)('ends a loop over jobs with an error: %s', async (_name, token) => {
    await using server = await endless(token);
    await using bacalhau = client(server.url);
    const read: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const job of bacalhau.jobs.list({ namespace: '*' })) read.push(job);
    };
    await expect(within(20_000, 'the list', reading())).rejects.toThrow(message);
    expect(read).toHaveLength(1);
    expect(server.seen.length).toBeLessThan(20);
  });

  test.each(TOKENS)('ends a loop over a history, whose events have no ids: %s', async (_name, token) => {
    await using server = await endless(token);
    await using bacalhau = client(server.url);
    const reading = async (): Promise<void> => {
      for await (const _ of bacalhau.jobs.history('j-1'));
    };
    await expect(within(20_000, 'the history', reading())).rejects.toThrow(message);
    expect(server.seen.length).toBeLessThan(20);
  });

  test.each(TOKENS)(
    'ends a loop over the history on a node, which has none of the events: %s',
    async (_name, token) => {
      // No execution is on the node, so that nothing is left of any page.
      await using server = await faultServer((response, number) => {
        const isHistory = response.req.url?.includes('/history') === true;
        json(response, 200, isHistory ? { Items: [entry], NextToken: token(number) } : { Items: [] });
      });
      await using bacalhau = client(server.url);
      const reading = async (): Promise<void> => {
        for await (const _ of bacalhau.jobs.history('j-1', { nodeId: 'n-1' }));
      };
      await expect(within(20_000, 'the history', reading())).rejects.toThrow(message);
      expect(server.seen.length).toBeLessThan(40);
    },
  );

  describe('because it always brings something new ends with the caller’s signal', () => {
    type Loop = (bacalhau: Bacalhau, signal: AbortSignal) => AsyncIterable<unknown>;
    const LOOPS: readonly (readonly [string, Loop])[] = [
      ['jobs.list', ({ jobs }, signal) => jobs.list({ namespace: '*', signal })],
      ['jobs.history', ({ jobs }, signal) => jobs.history('j-1', { signal })],
      ['jobs.history of a node', ({ jobs }, signal) => jobs.history('j-1', { nodeId: 'n-1', signal })],
      ['jobs.map with a name', ({ jobs }, signal) => jobs.map([1], () => spec, { name: 'a-map', signal })],
    ];

    test.each(LOOPS)('%s', async (_name, loop) => {
      const controller = new AbortController();
      await using server = await faultServer((response, number) => {
        if (number === 30) controller.abort();
        const isExecutions = response.req.url?.includes('/executions') === true;
        const fresh = { ...entry, ID: `j-${number}`, Name: `n-${number}`, Event: { Message: `${number}` } };
        const Items = isExecutions ? [] : [fresh];
        json(response, 200, { GitVersion: 'v1.9.3', Items, NextToken: `${number}` });
      });
      await using bacalhau = client(server.url);
      const reading = async (): Promise<void> => {
        for await (const _ of loop(bacalhau, controller.signal));
      };
      await expect(within(20_000, 'the loop', reading())).rejects.toBeInstanceOf(RequestAbortedError);
      expect(server.seen.length).toBeLessThan(40);
    });
  });

  test.each(TOKENS)('ends a fan-out with a name before its first item: %s', async (_name, token) => {
    await using server = await endless(token);
    await using bacalhau = client(server.url);
    const items = bacalhau.jobs.map([1, 2], () => spec, { name: 'a-map' });
    await expect(within(20_000, 'the fan-out', items.next())).rejects.toThrow(message);
    expect(server.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});

test('a list of nodes that fails once fails none of the forty items of a fan-out', async () => {
  let asked = 0;
  const answer: HostileAnswer = (request, response) => {
    if (request.url.includes('/orchestrator/nodes') && ++asked === 1) return htmlPage(503)(request, response);
    if (request.method !== 'PUT') return rightAnswers(request, response);
    const { Job } = JSON.parse(request.body);
    publishers.push(Job.Tasks[0].Publisher?.Type);
    // The jobs are as good as refused: what counts is how they are sent.
    htmlPage(400, { 'x-bacalhau-git-version': 'v1.9.3' })(request, response);
  };
  const publishers: unknown[] = [];
  await using server = await hostileServer(answer);
  await using bacalhau = client(server.url, { auth: false, logLevel: 'off' });
  const Engine = { Type: 'wasm', Params: { EntryModule: 'https://example.org/main.wasm' } };
  const toJob = (index: number): Job => ({ Type: 'batch', Tasks: [{ Name: `t${index}`, Engine }] });
  const errors: unknown[] = [];
  const inputs = Array.from({ length: 40 }, (_, index) => index);
  for await (const item of bacalhau.jobs.map(inputs, toJob)) {
    if (item.status === 'rejected') errors.push(item.error);
  }
  expect(errors.filter((error) => String(error).includes('nodes.list'))).toEqual([]);
  expect(publishers).toEqual(inputs.map(() => 'local'));
  // One of them, and its repetition, is for the room of the nodes.
  expect(asked).toBe(3);
});

test.each([
  [
    'had another specification',
    { Tasks: [] },
    false,
    /with another specification\. Choose another name, or use onExisting "update"\.$/,
  ],
  ['had the same one', {}, true, /with the same specification\. Use onExisting "reuse"/],
  [
    'cannot be compared',
    { Priority: 7 },
    undefined,
    /cannot be compared, because another program submitted it\. Use it by its id, choose another name, or use onExisting "update"\.$/,
  ],
])('a job of another program that %s', async (_name, changes, isSame, advice) => {
  const job: Job = {
    ...{ Name: 'taken', Namespace: 'default', Type: 'batch', Count: 1 },
    Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }],
  };
  const existing = { ID: 'j-1', ...job, Version: 1, State: { StateType: 'Running' }, ...changes };
  await using server = await faultServer((response, number) => {
    const isVersion = server.seen[number - 1]?.url.endsWith('/agent/version');
    json(response, 200, isVersion ? { GitVersion: 'v1.9.3' } : { Job: existing });
  });
  await using bacalhau = client(server.url);
  const error = await bacalhau.jobs.submit(job, { onExisting: 'error' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(JobExistsError);
  expect(error).toMatchObject({ isSame, message: expect.stringMatching(advice) });
});
