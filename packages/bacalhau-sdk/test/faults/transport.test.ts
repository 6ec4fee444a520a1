import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import axios from 'axios';
import { Bacalhau } from '../../src/client/bacalhau.js';
import {
  BadRequestError,
  ConflictError,
  RateLimitError,
  ServerError,
  UnexpectedResponseError,
} from '../../src/errors/api-errors.js';
import { BacalhauError } from '../../src/errors/base.js';
import { ConnectionError, RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { ConfigurationError, InvalidArgumentError, InvalidJobError } from '../../src/errors/client-errors.js';
import type { RequestEvent, ResponseEvent, RetryEvent } from '../../src/http/events.js';
import type { ClientOptions } from '../../src/http/options.js';
import { type FaultServer, faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { within } from '../support/within.js';

const dir = keyDirectory();
const PAGE = { NextToken: '', Items: [] };
const ENGINE = { Type: 'docker', Params: { Image: 'ubuntu:24.04' } };
const JOB = { Job: { Type: 'batch', Tasks: [{ Name: 'main', Engine: ENGINE }] } };

const client = (server: FaultServer | string, options: ClientOptions = {}) =>
  new Bacalhau({
    baseUrl: typeof server === 'string' ? server : server.url,
    dir,
    env: {},
    logLevel: 'off',
    ...options,
  });

async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}

describe('retries', () => {
  test('a call that reads is repeated after a 503, and reports its attempts', async () => {
    await using server = await faultServer((response, number) =>
      number < 3 ? text(response, 503, 'Server Timeout!', { 'retry-after': '0' }) : json(response, 200, PAGE),
    );
    const retries: RetryEvent[] = [];
    const { response } = await client(server, { onRetry: (event) => retries.push(event) })
      .jobs.list()
      .withResponse();
    expect(response).toMatchObject({ status: 200, attempts: 3 });
    expect(retries).toMatchObject([
      { operation: 'jobs.list', attempt: 1, delayMs: 0 },
      { operation: 'jobs.list', attempt: 2, delayMs: 0 },
    ]);
    expect(new Set(server.seen.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
  });

  test('a call that fails at every attempt rejects with the last error', async () => {
    await using server = await faultServer((response) =>
      text(response, 503, 'Server Timeout!', { 'retry-after': '0' }),
    );
    const error = await failure(client(server, { maxRetries: 1 }).jobs.list());
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ status: 503, attempts: 2, message: 'jobs.list: Server Timeout! (HTTP 503)' });
    expect(server.seen).toHaveLength(2);
  });

  test('many retries do not accumulate listeners on a signal', async () => {
    await using server = await faultServer((response, number) =>
      number < 15 ? text(response, 503, 'Server Timeout!', { 'retry-after': '0' }) : json(response, 200, PAGE),
    );
    const listening = jest.spyOn(EventTarget.prototype, 'addEventListener');
    try {
      await client(server, { maxRetries: 20 }).jobs.list();
      const signals = listening.mock.contexts.filter((target) => target instanceof AbortSignal);
      expect(signals.length).toBeGreaterThan(0);
      // Node 20 warns of more than ten.
      for (const signal of signals) expect(getEventListeners(signal, 'abort').length).toBeLessThan(3);
    } finally {
      listening.mockRestore();
    }
  });

  test('maxRetries 0 prevents retries', async () => {
    await using server = await faultServer((response) => text(response, 503, 'Server Timeout!'));
    await failure(client(server).jobs.list({ maxRetries: 0 }));
    expect(server.seen).toHaveLength(1);
  });

  test('a 500 is not retried, because servers report mistakes of the caller with it', async () => {
    await using server = await faultServer((response) =>
      json(response, 500, { Status: 500, Message: 'Internal server error' }),
    );
    expect(await failure(client(server).jobs.list())).toMatchObject({ name: 'ServerError', attempts: 1 });
  });

  test('a call that writes is not retried, and reports an unknown outcome after a 503', async () => {
    await using server = await faultServer((response) => text(response, 503, 'Server Timeout!'));
    const error = await failure(client(server).jobs.put(JOB));
    expect(error).toMatchObject({
      name: 'ServerError',
      message: expect.stringContaining('may still have been processed'),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('a 429 is retried when Retry-After says, but not past the deadline', async () => {
    await using server = await faultServer((response) => text(response, 429, 'slow down', { 'retry-after': '3600' }));
    const started = performance.now();
    const error = await failure(client(server, { timeoutMs: 30_000 }).jobs.list());
    expect(error).toBeInstanceOf(RateLimitError);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(server.seen).toHaveLength(1);
  });

  test('a connection that breaks before the response is retried', async () => {
    await using server = await faultServer((response, number) =>
      number === 1 ? response.destroy() : json(response, 200, PAGE),
    );
    await client(server).jobs.list();
    expect(server.seen).toHaveLength(2);
  });
});

describe('broken connections', () => {
  test('a refused connection: the error names the address and what to set, and knows that nothing was sent', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error = await failure(client(`http://127.0.0.1:${port}`).jobs.put(JOB));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', outcomeUnknown: false, attempts: 1 });
    expect(String(error)).toContain(`nothing listens at http://127.0.0.1:${port}`);
    expect(String(error)).toContain('BACALHAU_API_HOST');
  });

  test('an unknown host is a ConnectionError that names the address', async () => {
    const error = await failure(client('http://no-such-host.invalid').jobs.list({ maxRetries: 0 }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain('http://no-such-host.invalid');
  });

  test('a write whose connection breaks before the response has an unknown outcome', async () => {
    await using server = await faultServer((response) => response.destroy());
    const error = await failure(client(server).jobs.put(JOB));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ outcomeUnknown: true, message: expect.stringContaining('Check before retrying') });
    expect(server.seen).toHaveLength(1);
  });

  test('a response that breaks off within its body is a ConnectionError', async () => {
    await using server = await faultServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"Items":[', () => response.destroy());
    });
    expect(await failure(client(server).jobs.list({ maxRetries: 0 }))).toBeInstanceOf(ConnectionError);
  });
});

describe('responses that no orchestrator sends', () => {
  test.each<[string, string]>([
    ['a page of HTML', '<html>Sign in to the hotel network</html>'],
    ['nothing', ''],
    ['half an object', '{"Items":['],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s with status 200 is an UnexpectedResponseError that does not quote it', async (_name, body) => {
    await using server = await faultServer((response) => text(response, 200, body));
    const error = await failure(client(server).jobs.list());
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toContain('not with the JSON of a Bacalhau orchestrator');
    expect(String(error)).toContain('Check the host');
    expect(String(error)).not.toContain('hotel');
  });

  describe('from a server that mixes up its responses', () => {
    const told = { 'x-bacalhau-git-version': 'v1.9.3' };

    test.each<[string, string]>([
      ['nothing', ''],
      ['the response to another call', '{"JobID":"j-1","EvaluationID":"","Warnings":null}'],
      ['two responses in one', `${JSON.stringify(PAGE)}${JSON.stringify(PAGE)}`],
    ])('%s: a call that reads is retried', async (_name, body) => {
      await using server = await faultServer((response, number) =>
        number === 2 ? json(response, 200, { ...PAGE, ...JOB }, told) : text(response, 200, body, told),
      );
      const { response } = await client(server).jobs.list().withResponse();
      expect(response.attempts).toBe(2);
      const error = await failure(client(server).jobs.get('j-2', { maxRetries: 1 }));
      expect(error).toBeInstanceOf(UnexpectedResponseError);
      expect(error).toMatchObject({ attempts: 2, serverVersion: 'v1.9.3' });
      expect(String(error)).toContain('mix up responses');
    });

    test('another job: the call is retried, and only the requested job is stopped', async () => {
      const [own, other] = ['j-1234', 'j-5678'].map((ID) => ({
        ID,
        Name: `job ${ID}`,
        Tasks: [],
        State: { StateType: 'Running' },
      }));
      await using server = await faultServer((response, number) =>
        json(response, 200, { Job: number % 2 === 1 ? other : own, EvaluationID: 'e' }, told),
      );
      const bacalhau = client(server);
      for (const id of ['j-1234', 'j-12', 'job j-1234']) {
        expect((await bacalhau.jobs.get(id).withResponse()).response.attempts).toBe(2);
      }
      await bacalhau.jobs.handle('job j-1234').stop();
      const stops = server.seen.filter(({ method }) => method === 'DELETE');
      expect(stops).not.toHaveLength(0);
      expect(stops.every(({ url }) => url.includes('/jobs/j-1234'))).toBe(true);
    });

    test('no version: the call is retried, and the server not mistaken for a development build', async () => {
      await using server = await faultServer((response, number) =>
        json(response, 200, number === 1 ? PAGE : { GitVersion: 'v1.7.0' }),
      );
      await expect(client(server).jobs.versions('j-1')).rejects.toThrow('1.7.0');
      expect(server.seen).toHaveLength(2);
    });

    test.each(['', JSON.stringify(PAGE)])('a call that writes and gets %j is not retried', async (body) => {
      await using server = await faultServer((response) => text(response, 200, body, told));
      const error = await failure(client(server).jobs.put(JOB));
      expect(error).toBeInstanceOf(UnexpectedResponseError);
      expect(String(error)).toContain('may still have been processed');
      expect(server.seen).toHaveLength(1);
    });
  });

  test('a redirect is not followed, so credentials are not sent elsewhere', async () => {
    await using elsewhere = await faultServer((response) => json(response, 200, PAGE));
    await using server = await faultServer((response) => text(response, 307, '', { location: `${elsewhere.url}/x` }));
    const error = await failure(client(server, { headers: { Authorization: 'Bearer hunter2' } }).jobs.list());
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toContain(`redirects to ${elsewhere.url}/x`);
    expect(elsewhere.seen).toEqual([]);
  });

  test('plain HTTP sent to a TLS port: the error says to use https', async () => {
    await using server = await faultServer((response) =>
      text(response, 400, 'Client sent an HTTP request to an HTTPS server.\n'),
    );
    const error = await failure(client(server).jobs.list());
    expect(error).toBeInstanceOf(BadRequestError);
    expect(String(error)).toContain('BACALHAU_HTTPS');
  });

  test.each<[object]>([
    [{ Status: 500, Message: 'cannot stop job in state Completed', Code: '' }],
    [{ Status: 500, Message: 'no changes detected for new job spec', Code: '' }],
    [{ Status: 500, Message: 'whatever', Code: 'ConflictJobState' }],
    [{ Status: 500, Message: 'whatever', Code: 'MultipleJobsFound' }],
    [{ Status: 409, Message: 'exists' }],
  ])('the conflict %j is a ConflictError', async (body) => {
    await using server = await faultServer((response) =>
      json(response, 'Status' in body ? Number(body.Status) : 500, body),
    );
    expect(await failure(client(server).jobs.stop('j-1'))).toBeInstanceOf(ConflictError);
  });
});

describe('deadlines', () => {
  test('a server that never responds ends with a timeout', async () => {
    await using server = await faultServer(() => undefined);
    const error = await failure(client(server, { timeoutMs: 100 }).jobs.put(JOB));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error).toMatchObject({ timeoutMs: 100, outcomeUnknown: true });
    expect(String(error)).toContain(`no response from ${server.url} within 100 ms`);
  });

  test('a body that never ends ends with a timeout', async () => {
    await using server = await faultServer((response) => void response.writeHead(200).write('{'));
    expect(await failure(client(server).jobs.list({ timeoutMs: 100 }))).toBeInstanceOf(RequestTimeoutError);
  });

  test('the deadline covers all attempts', async () => {
    await using server = await faultServer((response, number) => (number === 1 ? response.destroy() : undefined));
    const error = await failure(client(server, { timeoutMs: 1_500, maxRetries: 100 }).jobs.list());
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error).toMatchObject({ outcomeUnknown: false, attempts: 2 });
  });

  test.each([0, -1, Number.NaN])('timeoutMs %d is refused', async (timeoutMs) => {
    expect(() => client('http://h', { timeoutMs })).toThrow(InvalidArgumentError);
    await expect(client('http://h').jobs.list({ timeoutMs })).rejects.toThrow(/timeoutMs/);
  });
});

describe('aborting', () => {
  test('an aborted call has the reason of its signal as the cause', async () => {
    const controller = new AbortController();
    await using server = await faultServer(() => controller.abort('enough'));
    const error = await failure(client(server).jobs.list({ signal: controller.signal }));
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ cause: 'enough', outcomeUnknown: false });
  });

  test('a call with an aborted signal sends nothing', async () => {
    await using server = await faultServer((response) => json(response, 200, PAGE));
    const error = await failure(client(server).jobs.put(JOB, { signal: AbortSignal.abort() }));
    expect(error).toBeInstanceOf(RequestAbortedError);
    expect(error).toMatchObject({ outcomeUnknown: false, attempts: 0 });
    expect(server.seen).toEqual([]);
  });

  test('a call can be aborted between two attempts', async () => {
    const controller = new AbortController();
    await using server = await faultServer((response) => text(response, 503, '', { 'retry-after': '20' }));
    const onRetry = () => controller.abort();
    expect(await failure(client(server, { onRetry }).jobs.list({ signal: controller.signal }))).toBeInstanceOf(
      RequestAbortedError,
    );
    expect(server.seen).toHaveLength(1);
  });

  test.each(['signal', 'timeout', 'close'] as const)('a call can be ended during a new login, by %s', async (how) => {
    await using server = await faultServer((response) => json(response, 401, { Message: 'Request Unauthorized' }));
    const controller = new AbortController();
    const bacalhau = client(server, {
      auth: { token: () => (server.seen.length === 0 ? 'old' : new Promise<string>(() => abort())) },
    });
    const abort = (): void => {
      if (how === 'signal') controller.abort();
      if (how === 'close') void bacalhau.close();
    };
    const timeoutMs = how === 'timeout' ? 500 : 60_000;
    const error = await failure(bacalhau.jobs.list({ signal: controller.signal, timeoutMs }));
    expect(error).toBeInstanceOf(how === 'timeout' ? RequestTimeoutError : RequestAbortedError);
    await bacalhau.close();
  });

  describe.each(['signal', 'timeout', 'close'] as const)('by %s keeps the connection open', (how) => {
    /** Aborts a call that has reached the server; returns what could still respond to it. */
    async function abortCall(): Promise<{ readonly server: FaultServer; readonly response: ServerResponse }> {
      let asked = (_: ServerResponse): void => undefined;
      const asking = new Promise<ServerResponse>((resolve) => {
        asked = resolve;
      });
      const server = await faultServer((response) => asked(response));
      const bacalhau = client(server, { timeoutMs: how === 'timeout' ? 1_000 : 60_000 });
      const controller = new AbortController();
      const failed = failure(bacalhau.jobs.list({ signal: controller.signal }));
      const response = await asking;
      if (how === 'signal') controller.abort();
      if (how === 'close') await bacalhau.close();
      expect(await failed).toBeInstanceOf(how === 'timeout' ? RequestTimeoutError : RequestAbortedError);
      return { server, response };
    }

    test('until the server has responded', async () => {
      const { server, response } = await abortCall();
      await using _ = server;
      const ending = new Promise((resolve) => response.on('close', () => resolve(response.writableFinished)));
      json(response, 200, PAGE);
      expect(await ending).toBe(true);
    });

    test('for a limited time', async () => {
      const { server, response } = await abortCall();
      await using _ = server;
      await within(10_000, 'the connection', new Promise((resolve) => response.on('close', resolve)));
      expect(response.writableFinished).toBe(false);
    });
  });

  test('closing the client aborts its calls and refuses later ones', async () => {
    const bacalhau: { current?: Bacalhau } = {};
    await using server = await faultServer(() => void bacalhau.current?.close());
    bacalhau.current = client(server);
    expect(await failure(bacalhau.current.jobs.list())).toMatchObject({
      name: 'RequestAbortedError',
      message: expect.stringContaining('client was closed'),
    });
    expect(await failure(bacalhau.current.jobs.list())).toBeInstanceOf(ConfigurationError);
  });

  test('closing a derived client leaves the original open', async () => {
    await using server = await faultServer((response) => json(response, 200, PAGE));
    await using original = client(server);
    const derived = original.withOptions({ namespace: 'other' });
    await derived.jobs.list();
    await derived.close();
    await original.jobs.list();
    expect(server.seen.map(({ url }) => new URL(url, server.url).searchParams.get('namespace'))).toEqual([
      'other',
      null,
    ]);
    expect(original.withOptions({ host: 'elsewhere' }).baseUrl).toBe('http://elsewhere:1234');
  });
});

describe('what hooks, logs, errors and servers see of a call', () => {
  const secret = 'hunter2';
  const headers = { Authorization: `Bearer ${secret}`, Cookie: secret, 'X-Team': 'blue' };

  test('hooks see every attempt, without secrets', async () => {
    await using server = await faultServer((response, number) =>
      number === 1
        ? response.destroy()
        : json(response, 200, PAGE, { 'set-cookie': secret, 'x-bacalhau-git-version': 'v1.9.3' }),
    );
    const events: (RequestEvent | ResponseEvent)[] = [];
    const record = (event: RequestEvent | ResponseEvent) => void events.push(event);
    await client(server, { headers, onRequest: record, onResponse: record }).jobs.list();
    expect(events).toMatchObject([
      {
        operation: 'jobs.list',
        method: 'GET',
        attempt: 1,
        headers: { authorization: '***', cookie: '***', 'x-team': '***' },
      },
      { attempt: 1, status: undefined },
      { attempt: 2 },
      { attempt: 2, status: 200, headers: { 'set-cookie': '***', 'x-bacalhau-git-version': 'v1.9.3' } },
    ]);
    expect(events[0]?.url).toBe(`${server.url}/api/v1/orchestrator/jobs?limit=5&order_by=created_at&reverse=false`);
    expect(inspect(events, { depth: null })).not.toContain(secret);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: `Bearer ${secret}`, 'x-team': 'blue' });
  });

  test('a hook or a logger that throws does not affect the call', async () => {
    await using server = await faultServer((response) => json(response, 200, PAGE));
    const broken = () => {
      throw new Error('broken');
    };
    const logger = { debug: broken, info: broken, warn: broken, error: broken };
    const options = { onRequest: broken, onResponse: broken, logger, logLevel: 'debug' } as const;
    await expect(client(server, options).jobs.list()).resolves.toMatchObject({ items: [] });
  });

  test('debug lines show the configuration and each request, without secrets', async () => {
    await using server = await faultServer((response) => json(response, 200, PAGE));
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const logger = { debug: write, info: write, warn: write, error: write };
    await client(server, { headers, logger, logLevel: 'debug', namespace: 'team' }).jobs.list();
    expect(lines).toEqual([
      `bacalhau-sdk: Config dir (option): ${dir}`,
      `bacalhau-sdk: Host is set to (option): ${server.url}`,
      'bacalhau-sdk: Namespace: team',
      expect.stringMatching(/^bacalhau-sdk: GET http.*namespace=team.* -> 200 in [\d.]+ ms \(request [0-9a-f]{32}\)$/),
    ]);
    expect(lines.join()).not.toContain(secret);
  });

  test('no error, however it is printed, contains a credential or anything of axios', async () => {
    const answers = [
      (response: Parameters<typeof json>[0]) => json(response, 401, { Status: 401, Message: 'Request Unauthorized' }),
      (response: Parameters<typeof json>[0]) => text(response, 503, 'Server Timeout!'),
      (response: Parameters<typeof json>[0]) => text(response, 200, 'no JSON'),
      (response: Parameters<typeof json>[0]) => void response.destroy(),
      () => undefined,
    ];
    for (const answer of answers) {
      await using server = await faultServer(answer);
      const error = await failure(client(server, { headers, maxRetries: 0, timeoutMs: 200 }).jobs.list());
      expect(error).toBeInstanceOf(BacalhauError);
      for (const printed of [String(error), JSON.stringify(error), inspect(error, { depth: null, showHidden: true })]) {
        expect(printed).not.toContain(secret);
        expect(printed).not.toMatch(/axios/i);
      }
    }
  });

  test('the client, however it is printed, contains no credential', () => {
    expect(inspect(client('http://h', { headers }), { depth: null, showHidden: true })).not.toContain(secret);
    expect(JSON.stringify(client('http://h', { headers }))).not.toContain(secret);
  });

  test('the global defaults of axios are not applied to requests', async () => {
    await using server = await faultServer((response) => json(response, 200, { ...PAGE, JobID: 'j-1' }));
    axios.defaults.headers.common['Authorization'] = `Bearer ${secret}`;
    const own = { baseURL: 'http://127.0.0.1:1', params: { secret }, auth: { username: secret, password: secret } };
    const { transformRequest } = axios.defaults;
    Object.assign(axios.defaults, own, { transformRequest: () => secret });
    const interceptor = axios.interceptors.request.use((config) => {
      config.headers.set('X-Intercepted', secret);
      return config;
    });
    try {
      await client(server).jobs.list();
      await client(server).jobs.put(JOB);
    } finally {
      delete axios.defaults.headers.common['Authorization'];
      for (const name of Object.keys(own)) Reflect.deleteProperty(axios.defaults, name);
      Object.assign(axios.defaults, { transformRequest });
      axios.interceptors.request.eject(interceptor);
    }
    expect(JSON.stringify(server.seen)).not.toContain(secret);
    expect(server.seen[0]?.headers['accept']).toMatch('application/json');
  });

  test('a request has a user agent, and an id that the error repeats', async () => {
    await using server = await faultServer((response) => json(response, 404, { Status: 404, Message: 'no' }));
    const error = await failure(client(server).jobs.get('j-1'));
    expect(server.seen[0]?.headers['user-agent']).toMatch(/^bacalhau-sdk\/\d+\.\d+\.\d+ node\/\d+/);
    expect(error).toMatchObject({ requestId: server.seen[0]?.headers['x-request-id'], operation: 'jobs.get' });
  });

  test('withResponse() of a call that fails leaves no unhandled rejection', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    await using server = await faultServer((response) => json(response, 404, { Status: 404, Message: 'no' }));
    await failure(client(server).jobs.get('j-1').withResponse());
    await failure(client(server).jobs.list().withResponse());
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('invalid arguments are refused before anything is sent', () => {
  test.each(['..', '.', '', 'a/b'])('job id %j', async (id) => {
    await using server = await faultServer((response) => json(response, 200, {}));
    const { jobs } = client(server);
    for (const call of [
      () => jobs.get(id),
      () => jobs.stop(id),
      () => jobs.results(id),
      () => jobs.history(id),
      () => jobs.executions(id),
    ]) {
      expect(await failure(call())).toBeInstanceOf(InvalidArgumentError);
    }
    expect(server.seen).toEqual([]);
  });

  test('job without a task', async () => {
    await using server = await faultServer((response) => json(response, 200, {}));
    const error = await failure(client(server).jobs.put({ Job: { Type: 'batch', Tasks: [] } }));
    expect(error).toBeInstanceOf(InvalidJobError);
    expect(error).toMatchObject({ field: 'Job.Tasks' });
    expect(server.seen).toEqual([]);
  });

  test('order, filter or limit that the server would ignore or fail on', async () => {
    await using server = await faultServer((response) => json(response, 200, {}));
    const { jobs } = client(server);
    await expect(jobs.list({ orderBy: 'id' })).rejects.toThrow(/orderBy is "id".*"created_at", "modified_at"/);
    await expect(jobs.history('j', { eventType: 'node' })).rejects.toThrow(/eventType is "node".*"execution"/);
    await expect(jobs.get('j', { include: 'results' })).rejects.toThrow(/include is "results".*"executions"/);
    await expect(jobs.list({ limit: -1 })).rejects.toThrow(/limit is -1/);
    expect(server.seen).toEqual([]);
  });

  test('misspelt client option', () => {
    const misspelt: object = { baseURL: 'http://h' };
    expect(() => new Bacalhau(misspelt)).toThrow(/no option "baseURL".*baseUrl/);
  });
});

test('server version: aborting one call does not abort others that request it at the same time', async () => {
  await using server = await faultServer((response, number) => {
    if (number > 1) json(response, 200, { GitVersion: 'v1.9.3', Items: [], NextToken: '' });
  });
  const bacalhau = client(server);
  const aborter = new AbortController();
  const aborted = failure(bacalhau.jobs.versions('j', { signal: aborter.signal }));
  while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const other = bacalhau.jobs.versions('j');
  aborter.abort();
  expect(await aborted).toBeInstanceOf(RequestAbortedError);
  expect((await other).items).toEqual([]);
});

test('closing the client aborts a followed history between two requests', async () => {
  await using server = await faultServer((response) => json(response, 200, { Items: [], NextToken: 'more' }));
  const bacalhau = client(server);
  const next = failure(bacalhau.jobs.handle('j').history({ follow: true }).next());
  while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await bacalhau.close();
  expect(await next).toBeInstanceOf(RequestAbortedError);
});

test('a controller in place of its signal is refused before anything is sent', async () => {
  await using server = await faultServer((response) => json(response, 200, PAGE));
  // A program in plain JavaScript can pass anything.
  const signal = new AbortController() as unknown as AbortSignal;
  expect(await failure(client(server).jobs.list({ signal }))).toMatchObject({ argument: 'signal' });
  expect(server.seen).toEqual([]);
});
