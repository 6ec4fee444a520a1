import type { DevicePrompt } from '../../src/auth/options.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { UnexpectedResponseError } from '../../src/errors/api-errors.js';
import { RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { LoginError } from '../../src/errors/client-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import { BacalhauError, type Job } from '../../src/index.js';
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { JOB_ID, logFaultServer } from '../support/log-fault-server.js';
import { collect } from '../support/network.js';
import { type HostileAnswer, hostileServer, htmlPage, outlineOf } from '../support/random-server.js';
import { within } from '../support/within.js';

const dir = keyDirectory();
const client = (baseUrl: string, options: ClientOptions = {}): Bacalhau =>
  new Bacalhau({ baseUrl, dir, env: {}, auth: false, maxRetries: 0, logLevel: 'off', ...options });

const spec: Job = {
  ...{ Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] },
};

/** Sets the title of a terminal, moves its cursor, turns the direction of writing, and looks like a second line of a log. */
const CONTROLS = '\u001b]0;owned\u0007\u009b2J\u202eevil\r\nbacalhau-sdk: all is well\u0000';
const controls = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;

/** Answers as an orchestrator does, but for what `change` replaces. */
const changed =
  (change: (url: string, body: object) => object): HostileAnswer =>
  (request, response) =>
    json(response, 200, change(request.url, outlineOf(request)));

describe('what a server writes cannot control the terminal that shows it', () => {
  const failed = changed((url, body) => {
    if (url.includes('/executions')) return { ...body, Items: [] };
    const { Job } = Object(body);
    return Job === undefined ? body : { ...body, Job: { ...Job, State: { StateType: 'Failed', Message: CONTROLS } } };
  });
  const refusal: HostileAnswer = (_request, response) =>
    json(response, 400, { Message: CONTROLS, Hint: CONTROLS, Code: CONTROLS, Details: { [CONTROLS]: CONTROLS } });

  test.each<[string, HostileAnswer, (bacalhau: Bacalhau) => Promise<unknown>]>([
    ['a refusal', refusal, async ({ jobs }) => jobs.get('j-1')],
    ['a page of a proxy', (_, response) => response.writeHead(502).end(CONTROLS), async ({ jobs }) => jobs.get('j-1')],
    ['why a job failed', failed, ({ jobs }) => jobs.handle('j-1').result()],
    [
      'the names of logins',
      changed((url, body) => (url.endsWith('/auth') ? { Methods: { [CONTROLS]: { type: 'x', params: {} } } } : body)),
      (bacalhau) =>
        bacalhau
          .withOptions({ auth: { challenge: true } })
          .jobs.get('j-1')
          .then(),
    ],
  ])('%s', async (_name, answer, call) => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    await using server = await hostileServer(answer);
    await using bacalhau = client(server.url, { logger, logLevel: 'debug', maxRetries: 1 });
    const error: unknown = await call(bacalhau).catch((thrown: unknown) => thrown);
    if (!(error instanceof BacalhauError)) throw error;
    expect(error.message).toContain('\\u001b]0;owned\\u0007');
    for (const text of [error.message, error.stack, String(error)]) expect(text).not.toMatch(controls);
    const { hint, code, component, details, requestId, serverVersion } = Object(error);
    for (const text of [hint, code, component, requestId, serverVersion, ...Object.entries(details ?? {}).flat()]) {
      expect(text ?? '').not.toMatch(controls);
    }
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}|\u202e/u);
  });
});

describe('what onReconnect receives cannot control the terminal either', () => {
  test.each<[string, (socket: { send(text: string): void; close(code: number, reason: string): void }) => void]>([
    ['an error frame', (socket) => socket.send(JSON.stringify({ error: CONTROLS }))],
    ['the reason of a close', (socket) => socket.close(1011, CONTROLS)],
  ])('%s', async (_name, answer) => {
    await using server = await logFaultServer(({ socket }) => answer(socket));
    await using bacalhau = client(server.url);
    const controller = new AbortController();
    const reasons: string[] = [];
    const logs = bacalhau.jobs.handle(JOB_ID).logs({
      follow: true,
      signal: controller.signal,
      onReconnect: ({ reason }) => {
        reasons.push(reason);
        controller.abort();
      },
    });
    await expect(collect(logs)).rejects.toBeInstanceOf(RequestAbortedError);
    expect(reasons).toEqual([expect.stringContaining('\\u001b]0;owned')]);
    expect(reasons[0]).not.toMatch(controls);
  });
});

describe('an answer that is too deep to be walked through ends with a typed error', () => {
  const DEPTH = 200_000;
  const deep = `${'{"a":['.repeat(DEPTH)}${']}'.repeat(DEPTH)}`;
  const calls: Readonly<Record<string, (bacalhau: Bacalhau) => Promise<unknown>>> = {
    get: ({ jobs }) => jobs.get('j-1').then(),
    'a loop over the history': ({ jobs }) => collect(jobs.history('j-1')),
    'a followed history': ({ jobs }) => collect(jobs.history('j-1', { follow: true })),
    'a submission of the same name': ({ jobs }) => jobs.submit({ ...spec, Name: 'a' }),
    'node list': ({ nodes }) => nodes.list().then(),
  };

  test.each(Object.entries(calls))('%s', async (_name, use) => {
    const job = `{"ID":"j-1","Name":"a","Namespace":"default","Tasks":[],"Meta":{},"Constraints":${deep}}`;
    const event = `{"JobID":"j-1","Event":{"Message":"x","Topic":${deep}}}`;
    await using server = await faultServer((response) => {
      const { url = '' } = response.req;
      const isHistory = url.includes('/history');
      const body = url.endsWith('/agent/version')
        ? '{"GitVersion":"v1.9.3"}'
        : `{"Job":${job},"Nodes":[${deep}],"Items":[${isHistory ? event : job}],"NextToken":"more"}`;
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
    await using bacalhau = client(server.url);
    await expect(within(20_000, 'the call', use(bacalhau))).rejects.toBeInstanceOf(BacalhauError);
  });

  test('brackets in strings are not depth', async () => {
    const Message = `${'[{'.repeat(5_000)}\\"${'"}'.repeat(10)}`;
    await using server = await faultServer((response) => json(response, 400, { Message }));
    await using bacalhau = client(server.url);
    await expect(bacalhau.jobs.get('j-1')).rejects.toThrow('[{[{[{');
  });
});

describe('an id that leads elsewhere is no id', () => {
  const IDS = ['..', '.', '../../agent', 'a/b', 'a\\b', '', 'j-1\n', CONTROLS];

  test.each(IDS)('as that of a submission: %j', async (JobID) => {
    await using server = await hostileServer((request, response) => {
      if (request.method === 'PUT') json(response, 200, { JobID, EvaluationID: 'v-1', Warnings: [] });
      else if (request.url.endsWith('/agent/version')) json(response, 200, { GitVersion: 'v1.9.3' });
      else htmlPage(404, { 'x-bacalhau-git-version': 'v1.9.3' })(request, response);
    });
    await using bacalhau = client(server.url, { timeoutMs: 5_000 });
    for (const submitting of [bacalhau.jobs.put({ Job: { ...spec, Name: 'a' } }), bacalhau.jobs.submit(spec)]) {
      await expect(submitting).rejects.toBeInstanceOf(UnexpectedResponseError);
      await expect(submitting).rejects.toMatchObject({ outcomeUnknown: true });
    }
    for (const { url } of server.seen) expect(url).toMatch(/^\/api\/v1\/(orchestrator\/jobs|agent\/version)/);
    expect(server.seen.map(({ method }) => method)).not.toContain('DELETE');
  });

  test.each(IDS)('as that of a listed job: %j', async (ID) => {
    await using server = await faultServer((response) => json(response, 200, { Items: [{ ID, Tasks: [] }] }));
    await using bacalhau = client(server.url);
    await expect(bacalhau.jobs.list()).rejects.toBeInstanceOf(UnexpectedResponseError);
  });
});

/** An orchestrator with single sign-on, and the provider of it, which waits for somebody to confirm. */
async function signOnServer({ config = {}, prompt = {} }: { readonly config?: object; readonly prompt?: object }) {
  let orchestrator = '';
  const server = await faultServer((response) => {
    const { url = '' } = response.req;
    const code = { device_code: 'x', user_code: 'ABCD', verification_uri: 'https://example.org/', expires_in: 60 };
    const Config = {
      ...{ DeviceClientID: 'x', Scopes: [], ...config },
      ...{ TokenEndpoint: `${orchestrator}/token`, DeviceAuthorizationEndpoint: `${orchestrator}/device` },
    };
    if (url === '/token') return json(response, 400, { error: 'authorization_pending' });
    json(response, 200, url === '/device' ? { ...code, ...prompt } : { Version: '1', Config });
  });
  orchestrator = server.url;
  return server;
}

test.each([
  ['javascript:alert(1)', 'ABCD-EFGH'],
  ['file:///etc/passwd', 'ABCD-EFGH'],
  ['not an address', 'ABCD-EFGH'],
  ['https://example.org/device', CONTROLS],
])('single sign-on: a provider’s address %s and code %j are not shown', async (verification_uri, user_code) => {
  await using server = await signOnServer({ prompt: { verification_uri, user_code } });
  const shown: unknown[] = [];
  await using bacalhau = client(server.url, { auth: { device: (prompt) => void shown.push(prompt) } });
  await expect(bacalhau.jobs.get('j-1')).rejects.toBeInstanceOf(LoginError);
  expect(shown).toEqual([]);
});

test('single sign-on: a provider’s name is shown in one line without controls', async () => {
  await using server = await signOnServer({ config: { ProviderName: CONTROLS } });
  const shown: string[] = [];
  const device = ({ provider }: DevicePrompt): void => void shown.push(provider);
  await using bacalhau = client(server.url, { auth: { device }, timeoutMs: 1_000 });
  await expect(bacalhau.jobs.get('j-1')).rejects.toBeInstanceOf(RequestTimeoutError);
  expect(shown).toEqual([expect.stringMatching(/^\\u001b[^\p{Cc}\u202e]*$/u)]);
});

test.each([0, -1, 0.001, '1', null])(
  'single sign-on: an interval of %j does not flood the provider',
  async (PollingInterval) => {
    await using server = await signOnServer({ config: { PollingInterval } });
    await using bacalhau = client(server.url, { auth: { device: () => undefined }, timeoutMs: 1_000 });
    await expect(bacalhau.jobs.get('j-1')).rejects.toBeInstanceOf(RequestTimeoutError);
    expect(server.seen.filter(({ url }) => url === '/token')).toEqual([]);
  },
);

test.each(['a\r\nX-Injected: 1', 'a b', 'tök', '\0', '\ud800', 7, { a: 1 }])(
  'a token that cannot be a header is not sent: %j',
  async (token) => {
    const params = { InputPhrase: Buffer.from('n-1').toString('base64') };
    await using server = await faultServer((response) => {
      const { url = '' } = response.req;
      if (url.endsWith('/auth')) return json(response, 200, { Methods: { key: { type: 'challenge', params } } });
      json(response, 200, { Authentication: { success: true, token } });
    });
    await using bacalhau = client(server.url, { auth: { challenge: true } });
    await expect(bacalhau.jobs.get('j-1')).rejects.toBeInstanceOf(BacalhauError);
    expect(server.seen.map(({ url }) => url)).toEqual(['/api/v1/auth', '/api/v1/auth/key']);
    expect(server.seen.map(({ headers }) => headers['authorization'])).toEqual([undefined, undefined]);
  },
);
