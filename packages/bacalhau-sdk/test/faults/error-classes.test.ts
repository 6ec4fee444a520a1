import type { ServerResponse } from 'node:http';
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  NotFoundError,
  PayloadTooLargeError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
} from '../../src/errors/api-errors.js';
import { ConnectionError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { Bacalhau, type BacalhauError } from '../../src/index.js';
import { faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';

// What docs/errors.md says of statuses: the class, whether a read is repeated, and what is unknown after a change.

const dir = keyDirectory();

/** Gateways in front of an orchestrator give these: it may have processed the request. */
const GATEWAY = [502, 503, 504, 505, 507, 511, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 561, 598, 599];

const STATUSES: readonly (readonly [number, new (...parameters: never) => BacalhauError])[] = [
  [400, BadRequestError],
  [401, AuthenticationError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [409, ConflictError],
  [413, PayloadTooLargeError],
  [429, RateLimitError],
  [418, ApiError],
  [500, ServerError],
  [501, ServerError],
  ...GATEWAY.map((status) => [status, ServerError] as const),
];

async function answers(status: number) {
  const server = await faultServer((response) =>
    json(
      response,
      status,
      { Status: status, Message: 'no' },
      { 'retry-after': '0', 'x-bacalhau-git-version': 'v1.9.3' },
    ),
  );
  const bacalhau = new Bacalhau({ baseUrl: server.url, dir, env: {}, auth: false });
  return {
    jobs: bacalhau.jobs,
    seen: server.seen,
    async [Symbol.asyncDispose]() {
      await bacalhau.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe.each(STATUSES)('status %i', (status, Type) => {
  test(`of a read is a ${Type.name}, after two repetitions where it can pass`, async () => {
    await using server = await answers(status);
    const error = await server.jobs.get('j-1').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Type);
    expect(error).toMatchObject({ name: Type.name, status, outcomeUnknown: false });
    expect(server.seen).toHaveLength(status === 429 || GATEWAY.includes(status) ? 3 : 1);
  });

  test('of a change comes after one request, and says whether that may have been processed', async () => {
    await using server = await answers(status);
    const error = await server.jobs.stop('j-1').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Type);
    expect(error).toMatchObject({ status, outcomeUnknown: GATEWAY.includes(status) });
    expect(server.seen).toHaveLength(1);
  });
});

describe('a failure that is not an orchestrator’s, after the job was accepted', () => {
  const id = 'j-00000000-0000-4000-8000-000000000001';
  const version = { 'x-bacalhau-git-version': 'v1.9.3' };
  const BODIES: Readonly<Record<string, (response: ServerResponse, status: number) => void>> = {
    'a page': (response, status) => text(response, status, '<html>Error</html>', { 'content-type': 'text/html' }),
    nothing: (response, status) => void response.writeHead(status).end(),
    text: (response, status) => text(response, status, 'upstream request timeout'),
    'JSON of its own': (response, status) => json(response, status, { message: 'Endpoint request timed out' }),
  };
  const spec = { Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] };

  /** Accepts a job, and lets the gateway respond in its place. */
  async function accepting(respond: (response: ServerResponse) => void) {
    const accepted: object[] = [];
    const server = await faultServer((response, number) => {
      const { method, url, body } = server.seen[number - 1] ?? { method: '', url: '', body: '' };
      if (url.endsWith('/agent/version')) return json(response, 200, { GitVersion: 'v1.9.3' }, version);
      if (method === 'PUT') {
        accepted.push({ ...JSON.parse(body).Job, ID: id });
        return respond(response);
      }
      const [Job] = accepted;
      if (Job !== undefined) return json(response, 200, { Job }, version);
      json(response, 404, { Status: 404, Message: 'job not found', Component: 'JobStore' }, version);
    });
    return { server, accepted };
  }

  describe.each(Object.entries(BODIES))('%s', (_what, respond) => {
    test.each([500, 501, ...GATEWAY])('with %d: the job is found, and submitted once', async (status) => {
      const { server, accepted } = await accepting((response) => respond(response, status));
      await using _server = server;
      await using bacalhau = new Bacalhau({ baseUrl: server.url, dir, env: {}, auth: false });
      expect(await bacalhau.jobs.submit(spec)).toMatchObject({ id, deduplicated: true });
      expect(accepted).toHaveLength(1);
    });

    test.each([500, 501])('with %d: the outcome of a change is unknown', async (status) => {
      await using server = await faultServer((response) => respond(response, status));
      await using bacalhau = new Bacalhau({ baseUrl: server.url, dir, env: {}, auth: false });
      await expect(bacalhau.jobs.stop('j-1')).rejects.toMatchObject({ status, outcomeUnknown: true });
    });
  });

  test('an orchestrator’s own 500 says that the job was not accepted', async () => {
    const refusal = { Status: 500, Message: 'no', Component: 'Orchestrator' };
    const { server, accepted } = await accepting((response) => json(response, 500, refusal, version));
    await using _server = server;
    await using bacalhau = new Bacalhau({ baseUrl: server.url, dir, env: {}, auth: false });
    const refused = bacalhau.jobs.submit(spec);
    await expect(refused).rejects.toBeInstanceOf(ServerError);
    await expect(refused).rejects.toMatchObject({ outcomeUnknown: false });
    expect(accepted).toHaveLength(1);
  });
});

test('a change whose response is lost comes after one request, and its outcome is unknown', async () => {
  await using server = await faultServer((response, number) => void (number === 1 && response.destroy()));
  await using bacalhau = new Bacalhau({ baseUrl: server.url, dir, env: {}, auth: false });
  const lost = bacalhau.jobs.stop('j-1');
  await expect(lost).rejects.toBeInstanceOf(ConnectionError);
  await expect(lost).rejects.toMatchObject({ outcomeUnknown: true, attempts: 1 });
  const late = bacalhau.jobs.stop('j-1', undefined, { timeoutMs: 200 });
  await expect(late).rejects.toBeInstanceOf(RequestTimeoutError);
  await expect(late).rejects.toMatchObject({ outcomeUnknown: true });
  expect(server.seen).toHaveLength(2);
});

test('a proxy that refuses has a code of its own', async () => {
  await using proxy = await faultServer((response) => response.writeHead(407).end());
  const settings = { proxy: proxy.url, dir, env: {}, auth: false, maxRetries: 0 } as const;
  await using bacalhau = new Bacalhau({ baseUrl: 'http://orchestrator.invalid', ...settings });
  const refused = bacalhau.jobs.get('j-1');
  await expect(refused).rejects.toBeInstanceOf(ConnectionError);
  await expect(refused).rejects.toMatchObject({ code: 'ERR_PROXY_REFUSED' });
  await expect(refused).rejects.toThrow(proxy.url);
});
