import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { ClientOptions } from '../../src/http/options.js';
import { Ed25519Identity } from '../../src/keys/ed25519.js';
import { RsaIdentity } from '../../src/keys/rsa.js';
import { faultServer, json, type SeenRequest, text } from '../support/fault-server.js';
import { testModes } from '../support/file-modes.js';
import { keyDirectory } from '../support/key-directory.js';

const KEY = 'key-0123456789-secret';
const PASSWORD = 'pass/word+"secret"=1';
const BASIC = Buffer.from(`ada:${PASSWORD}`).toString('base64');
const TOKEN = 'part1.part2.token-secret';
const ANSWER = 'answer-to-the-question-secret';
const JOB = { Job: { Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker' } }] } };

/** Returns everything that was sent, as servers and proxies may quote it. */
const quoted = (request: SeenRequest): string => {
  const { authorization = '', 'x-api-key': own = '' } = request.headers;
  const decoded = Buffer.from(authorization.replace(/^\S+ /, ''), 'base64').toString('latin1');
  return `${authorization} ${decoded} ${own} ${request.body} ${Buffer.from(request.body, 'base64').toString('latin1')}`;
};

type Answer = (response: ServerResponse, request: SeenRequest) => void;
const envelope =
  (status: number): Answer =>
  (response, request) =>
    json(
      response,
      status,
      {
        ...{ Status: status, Message: quoted(request), Code: quoted(request), Component: quoted(request) },
        ...{ Hint: quoted(request), Details: { reason: quoted(request), [`x`]: quoted(request) }, RequestID: '' },
      },
      {
        'retry-after': '0',
        'x-request-id': encodeURIComponent(quoted(request)),
        'x-bacalhau-git-version': encodeURIComponent(quoted(request)),
      },
    );

/** What a server can do to a call, and so every error that a call can end with. */
const FAULTS: readonly (readonly [string, Answer])[] = [
  ...[400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503].map((status) => [`${status}`, envelope(status)] as const),
  [
    'a conflict reported as 500',
    (response, request) => json(response, 500, { Message: `no changes detected ${quoted(request)}`, Code: '' }),
  ],
  [
    'a failed login',
    (response, request) => json(response, 401, { Authentication: { success: false, reason: quoted(request) } }),
  ],
  ['server 1.4', (response, request) => json(response, 500, { message: 'x', error: quoted(request) })],
  [
    'the version check',
    (response, request) => json(response, 403, { Error: quoted(request), MinVersion: quoted(request) }),
  ],
  ['a page', (response, request) => text(response, 502, quoted(request))],
  ['invalid JSON', (response, request) => text(response, 200, quoted(request))],
  [
    'a redirect',
    (response, request) =>
      text(response, 302, '', { location: `http://elsewhere/?token=${encodeURIComponent(quoted(request))}` }),
  ],
  ['a broken connection', (response) => void response.destroy()],
  ['silence', () => undefined],
];

const METHODS: readonly (readonly [string, () => ClientOptions, readonly string[]])[] = [
  ['apiKey', () => ({ auth: { apiKey: KEY } }), [KEY]],
  ['apiKey of the environment', () => ({ env: { BACALHAU_API_KEY: KEY } }), [KEY]],
  ['basic', () => ({ auth: { username: 'ada', password: PASSWORD } }), [PASSWORD, BASIC]],
  [
    'basic of the environment',
    () => ({ env: { BACALHAU_API_USERNAME: 'ada', BACALHAU_API_PASSWORD: PASSWORD } }),
    [PASSWORD, BASIC],
  ],
  ['token', () => ({ auth: { token: TOKEN } }), [TOKEN]],
  ['token of a function', () => ({ auth: { token: () => TOKEN } }), [TOKEN]],
  [
    'an Authorization header',
    () => ({ headers: { Authorization: `Basic ${BASIC}`, 'X-Api-Key': KEY } }),
    [PASSWORD, BASIC, KEY],
  ],
  ['a stored token', () => ({}), [TOKEN]],
  ['challenge', () => ({ auth: { challenge: true } }), [TOKEN]],
  ['ask', () => ({ auth: { ask: () => ({ answer: ANSWER }) } }), [TOKEN, ANSWER]],
  [
    'a proxy with a password',
    () => ({ auth: { apiKey: KEY }, proxy: 'http://ada:proxy-pass-secret@127.0.0.1:9' }),
    [KEY, 'proxy-pass-secret'],
  ],
];

/** Responds to logins as a server does, and to everything else with the fault. */
const answering =
  (fault: Answer): Answer =>
  (response, request) => {
    if (request.method === 'GET' && request.url === '/api/v1/auth') {
      const challenge = { type: 'challenge', params: { InputPhrase: Buffer.from('n-1').toString('base64') } };
      json(response, 200, {
        NextToken: '',
        Methods: { key: challenge, question: { type: 'ask', params: { required: ['answer'] } } },
      });
    } else if (request.url.startsWith('/api/v1/auth/')) {
      json(response, 200, { Authentication: { success: true, token: TOKEN } });
    } else {
      fault(response, request);
    }
  };

jest.setTimeout(30_000);

describe.each(METHODS)('with %s', (method, options, secrets) => {
  const dir = keyDirectory();

  test.each(FAULTS)('after %s, no error, hook or log line contains a secret', async (name, fault) => {
    const seen: SeenRequest[] = [];
    const server = await faultServer((response, number) => {
      const request = server.seen[number - 1];
      if (request === undefined) throw new Error('a request without a trace');
      seen.push(request);
      answering(fault)(response, request);
    });
    await using _ending = server;
    const settings = options();
    const file = join(dir, 'tokens.json');
    if (method === 'a stored token') await writeFile(file, JSON.stringify({ [server.url]: TOKEN }), { mode: 0o600 });
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const events: unknown[] = [];
    const bacalhau = new Bacalhau({
      ...{
        baseUrl: server.url,
        dir,
        env: {},
        logLevel: 'debug',
        timeoutMs: name === 'silence' ? 1_000 : 20_000,
        maxRetries: 1,
      },
      ...{ logger: { debug: log, info: log, warn: log, error: log } },
      ...{ onRequest: (event) => events.push(event), onResponse: (event) => events.push(event) },
      onRetry: (event) => events.push(event),
      ...settings,
    });
    const calls = [bacalhau.jobs.list(), bacalhau.jobs.put(JOB), bacalhau.jobs.get('j-1')];
    const results = await Promise.allSettled(calls);
    const errors = results.map((result) => (result.status === 'rejected' ? result.reason : undefined));
    expect(errors.every((error) => error instanceof Error)).toBe(true);
    const shown = [
      ...errors.flatMap((error) => [
        String(error),
        inspect(error, { depth: 10, showHidden: true }),
        JSON.stringify(error),
        String(error.stack),
      ]),
      ...lines,
      ...events.map((event) => inspect(event, { depth: 10 })),
      inspect(bacalhau, { depth: 10, showHidden: true }),
      JSON.stringify(bacalhau),
      inspect(await bacalhau.config(), { depth: 10 }),
    ].join('\n');
    for (const secret of secrets) {
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
        expect(shown).not.toContain(form);
    }
    // Without secrets in the requests this would prove nothing.
    expect(seen.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
    await bacalhau.close();
  });
});

const configDirectory = keyDirectory();
test('no error of the configuration contains a secret', async () => {
  const dir = configDirectory;
  await mkdir(join(dir, 'profiles'), { recursive: true });
  await writeFile(join(dir, 'profiles', 'bad.yaml'), `endpoint: http://h\nauth: {token: ${TOKEN}\n`);
  await symlink('bad.yaml', join(dir, 'profiles', 'current')).catch(() => undefined);
  await writeFile(join(dir, 'tokens.json'), `{"http://127.0.0.1:9": "${TOKEN}"`);
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const logger = { debug: log, info: log, warn: log, error: log };
  const attempts: (() => Promise<unknown>)[] = [
    () => new Bacalhau({ dir, env: {}, logger }).jobs.list(),
    () => new Bacalhau({ dir, env: {}, logger, logLevel: 'debug', baseUrl: 'http://127.0.0.1:9' }).jobs.list(),
    async () => new Bacalhau({ dir, env: {}, auth: { apiKey: KEY, token: TOKEN } as never }),
    async () => new Bacalhau({ dir, env: { BACALHAU_API_KEY: KEY, BACALHAU_API_PASSWORD: PASSWORD } }),
    () => new Bacalhau({ dir, env: {}, baseUrl: 'http://127.0.0.1:9', auth: { apiKey: `${KEY}\n` } }).jobs.list(),
    async () => new Bacalhau({ dir, env: {}, headers: { 'X-Api-Key': `${KEY}\n` } }),
    async () => new Bacalhau({ dir, env: {}, proxy: `http://ada:${KEY}@::` }),
    () =>
      new Bacalhau({
        ...{ dir, env: {}, baseUrl: 'http://127.0.0.1:9' },
        auth: { token: () => Promise.reject(new Error('the vault is closed')) },
      }).jobs.list(),
    () => RsaIdentity.import(KEY),
    () => Ed25519Identity.import(KEY),
  ];
  for (const attempt of attempts) {
    const error: unknown = await attempt().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    for (const secret of [KEY, TOKEN, PASSWORD]) {
      expect(`${error} ${inspect(error, { depth: 10 })} ${JSON.stringify(error)}`).not.toContain(secret);
    }
  }
  expect(lines.join('\n')).not.toContain(TOKEN);
});

describe.each(['tokens.json', 'jwt-tokens.json'])('the stored tokens of %s', (name) => {
  testModes.each([
    [0o600, true],
    [0o644, false],
    [0o640, false],
    [0o602, false],
    [0o660, false],
  ])('with mode %o are sent: %p', async (mode, isSent) => {
    const dir = configDirectory;
    const file = join(dir, name);
    await using server = await faultServer((response) => json(response, 200, { Items: [] }));
    await rm(dir, { recursive: true });
    await mkdir(dir, { recursive: true });
    await writeFile(file, JSON.stringify({ [server.url]: TOKEN }));
    await chmod(file, mode);
    const warnings: string[] = [];
    const ignore = (): void => undefined;
    const logger = { debug: ignore, info: ignore, error: ignore, warn: (line: string) => void warnings.push(line) };
    await using bacalhau = new Bacalhau({ baseUrl: server.url, dir, env: {}, logger });
    await bacalhau.jobs.list();
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([isSent ? `Bearer ${TOKEN}` : undefined]);
    if (isSent) expect(warnings).toEqual([]);
    else expect(warnings).toEqual([expect.stringMatching(new RegExp(`${name}: .*chmod 600`))]);
  });
});
