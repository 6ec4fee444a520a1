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
import { faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';

// What docs/errors.md says of statuses: the class, whether a read is repeated, and what is unknown after a change.

const dir = keyDirectory();

/** Gateways in front of an orchestrator give these: it may have processed the request. */
const GATEWAY = [502, 503, 504, ...Array.from({ length: 8 }, (_, index) => 520 + index)];

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
