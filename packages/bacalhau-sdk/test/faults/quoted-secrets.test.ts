import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { CallOptions, ClientOptions } from '../../src/http/options.js';
import type { TransferOptions } from '../../src/results/types.js';
import { faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { resultsApi, storeServer, urlItem } from '../support/store-server.js';

const SECRET = 'p4ss/w0rd+"quoted"=&<secret>';
const dir = keyDirectory();

/** Returns all that a client shows of its calls: errors, hooks, log lines. */
async function shownBy(
  options: ClientOptions,
  use: (bacalhau: Bacalhau) => readonly Promise<unknown>[],
): Promise<string> {
  const shown: string[] = [];
  const log = (line: string): void => void shown.push(line);
  const note = (event: unknown): void => void shown.push(inspect(event, { depth: 10 }));
  const bacalhau = new Bacalhau({
    ...{ dir, env: {}, logLevel: 'debug', maxRetries: 1, timeoutMs: 10_000 },
    ...{ logger: { debug: log, info: log, warn: log, error: log }, onRequest: note, onResponse: note, onRetry: note },
    ...options,
  });
  for (const result of await Promise.allSettled(use(bacalhau))) {
    expect(result.status).toBe('rejected');
    if (result.status === 'fulfilled') continue;
    const error: unknown = result.reason;
    shown.push(inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error));
  }
  await bacalhau.close();
  return shown.join('\n');
}

const FORMS: readonly string[] = [
  SECRET,
  encodeURIComponent(SECRET),
  encodeURIComponent(SECRET).toLowerCase(),
  JSON.stringify(SECRET).slice(1, -1),
  // Alone, and in the middle of what Basic authentication sends.
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(`ada:${SECRET}`).toString('base64'),
  Buffer.from(SECRET).toString('base64url'),
];

function expectNoSecret(shown: string): void {
  for (const form of FORMS) {
    expect(shown).not.toContain(form);
    // Nor a piece of it, where somebody has cut it.
    expect(shown).not.toContain(form.slice(0, 10));
  }
}

/** Every way to quote all headers of a request. */
const QUOTES: Readonly<Record<string, (headers: IncomingHttpHeaders) => string>> = {
  plain: (headers) => Object.values(headers).join(' '),
  decoded: (headers) =>
    Object.values(headers)
      .map((value) => Buffer.from(String(value).replace(/^\S+ /, ''), 'base64').toString())
      .join(' '),
  'URL-encoded': (headers) => encodeURIComponent(Object.values(headers).join(' ')),
  JSON: (headers) => JSON.stringify(headers),
  base64: (headers) =>
    Object.values(headers)
      .map((value) => Buffer.from(String(value)).toString('base64'))
      .join(' '),
};

type Answer = (response: ServerResponse, quote: string) => void;

/** Pages in which the cut after 500 characters goes through the secret. */
const PAGES = [470, 480, 485, 490, 495].map((length): readonly [string, Answer] => [
  `a page cut after ${500 - length} characters of the quote`,
  (response, quote) => text(response, 502, `${'.'.repeat(length)}${quote}`),
]);

const ANSWERS: readonly (readonly [string, Answer])[] = [
  ['an error', (response, quote) => json(response, 400, { Message: quote, Hint: quote, Details: { [quote]: quote } })],
  ['a short page', (response, quote) => text(response, 502, quote)],
  ...PAGES,
  ['a failed login', (response, quote) => json(response, 401, { Authentication: { success: false, reason: quote } })],
  ['a 403', (response, quote) => json(response, 403, { Message: quote, Details: { reason: quote } })],
  [
    'a redirect',
    (response, quote) => text(response, 302, '', { location: `http://h/?q=${encodeURIComponent(quote)}` }),
  ],
  [
    'a header',
    (response, quote) => json(response, 503, {}, { 'x-request-id': encodeURIComponent(quote), 'retry-after': '0' }),
  ],
];

const PLACES: Readonly<Record<string, { readonly client?: ClientOptions; readonly call?: Record<string, string> }>> = {
  'a header of the client': { client: { headers: { 'X-Team-Pass': SECRET } } },
  'a header of the call': { call: { 'X-Team-Pass': SECRET } },
  'the Authorization header of the call': { call: { Authorization: `Basic ${FORMS[5]}` } },
  'the cookie of the call': { call: { Cookie: `session=${encodeURIComponent(SECRET)}; theme=dark` } },
  'the option auth': { client: { auth: { username: 'ada', password: SECRET } } },
  'the environment': { client: { env: { BACALHAU_API_USERNAME: 'ada', BACALHAU_API_PASSWORD: SECRET } } },
};

describe.each(Object.entries(PLACES))('a secret in %s', (_place, { client, call }) => {
  test.each(ANSWERS)('is not shown when the server quotes it in %s', async (_name, answer) => {
    const seen: IncomingHttpHeaders[] = [];
    for (const quote of Object.values(QUOTES)) {
      await using server = await faultServer((response, number) => {
        const headers = server.seen[number - 1]?.headers ?? {};
        seen.push(headers);
        answer(response, quote(headers));
      });
      const options: CallOptions = { headers: call };
      const shown = await shownBy({ baseUrl: server.url, ...client }, ({ jobs }) => [
        jobs.get('j-1', options),
        jobs.executions('j-1', options).then(() => undefined),
        collect(jobs.list(options)),
      ]);
      expectNoSecret(shown);
    }
    // Without the secret in the requests this would prove nothing.
    const sent = JSON.stringify(seen);
    expect([JSON.stringify(SECRET).slice(1, -1), FORMS[1], FORMS[5]].some((form) => sent.includes(String(form)))).toBe(
      true,
    );
  });
});

test.each(Object.entries(QUOTES))('a proxy that quotes its password %s shows it nowhere', async (_way, quote) => {
  await using proxy = await faultServer((response, number) => {
    text(response, 407, quote(proxy.seen[number - 1]?.headers ?? {}));
  });
  const address = new URL(proxy.url);
  address.username = 'ada';
  address.password = encodeURIComponent(SECRET);
  const shown = await shownBy({ baseUrl: 'http://orchestrator.invalid:1234', proxy: address.href }, ({ jobs }) => [
    jobs.get('j-1'),
  ]);
  expect(proxy.seen[0]?.headers['proxy-authorization']).toBe(`Basic ${FORMS[5]}`);
  expectNoSecret(shown);
});

const s3Item = { Type: 's3', Params: { Bucket: 'b', Key: 'a.tar.gz' } };
const ipfsItem = { Type: 'ipfs', Params: { CID: 'bafyabc' } };

const STORES: readonly (readonly [string, (store: string) => object, (store: string) => TransferOptions])[] = [
  [
    'the query of a presigned URL',
    (store) => urlItem(`${store}/a.tar.gz?X-Amz-Signature=${encodeURIComponent(SECRET)}`),
    () => ({}),
  ],
  [
    'the query of a URL that cannot be parsed',
    () => urlItem(`http://[no host/a.tar.gz?X-Amz-Signature=${encodeURIComponent(SECRET)}`),
    () => ({}),
  ],
  ['ipfs.headers', () => ipfsItem, (gateway) => ({ ipfs: { gateway, headers: { 'X-Node': SECRET } } })],
  [
    's3.credentials',
    () => s3Item,
    (endpoint) => ({
      s3: { endpoint, credentials: { accessKeyId: 'id', secretAccessKey: SECRET, sessionToken: `${SECRET}2` } },
    }),
  ],
];

describe.each(STORES)('a secret in %s', (_place, item, options) => {
  test.each(['<Error><Code>X</Code><Message>%s</Message></Error>', '{"Message": "%s"}', '%s', `${'.'.repeat(190)}%s`])(
    'is not shown when the store quotes it: %s',
    async (page) => {
      for (const quote of Object.values(QUOTES)) {
        await using store = await storeServer((request, response) => {
          const told = quote({ ...request.headers, url: request.url });
          text(
            response,
            403,
            page.replace('%s', () => told),
          );
        });
        await using api = await resultsApi(() => [item(store.url)]);
        const shown = await shownBy({ baseUrl: api.url }, ({ jobs }) => [
          collect(jobs.handle('j-1').files(options(store.url))),
        ]);
        expectNoSecret(shown.replaceAll(/onRe.*$/gm, ''));
      }
    },
  );
});

describe('what a provider of single sign-on sends', () => {
  const sent = {
    device_code: 'device-code-0123456789',
    access_token: 'access-token-0123456789',
    refresh_token: 'refresh-token-0123456789',
    id_token: 'id-token-0123456789',
  };
  const { device_code, ...tokens } = sent;
  const all = Object.values(sent).join(' ');

  test.each([
    ['refuses the code', 400, { error: 'access_denied', error_description: `no: ${device_code}` }],
    ['has an error of its own', 500, { error: 'server_error', error_description: `no: ${device_code}` }],
    ['answers with something else', 200, { ...tokens, token_type: all, error: all }],
    ['issues tokens, which the server refuses', 200, { ...tokens, id_token: undefined, token_type: 'bearer' }],
  ])('is not shown where it %s', async (_name, status, body) => {
    let orchestrator = '';
    await using server = await faultServer((response, number) => {
      const { url = '' } = server.seen[number - 1] ?? {};
      if (url === '/device') {
        const prompt = { user_code: 'ABCD', verification_uri: 'http://localhost/', expires_in: 60, interval: 0.05 };
        json(response, 200, { ...prompt, device_code });
      } else if (url === '/token') {
        json(response, status, body);
      } else if (url.endsWith('/authconfig')) {
        const endpoints = {
          TokenEndpoint: `${orchestrator}/token`,
          DeviceAuthorizationEndpoint: `${orchestrator}/device`,
        };
        json(response, 200, { Version: '1', Config: { DeviceClientID: 'x', Scopes: [], ...endpoints } });
      } else {
        json(response, 401, { Message: `not with ${all}`, Hint: all });
      }
    });
    orchestrator = server.url;
    const shown = await shownBy(
      { baseUrl: server.url, auth: { device: () => undefined }, timeoutMs: 20_000 },
      (bacalhau) => [bacalhau.jobs.get('j-1'), bacalhau.jobs.list().then(() => undefined)],
    );
    const seen = server.seen.map(({ url, body: text }) => `${url} ${text}`);
    expect(seen.some((line) => line.startsWith('/token') && line.includes(device_code))).toBe(true);
    const issued = status === 200 ? Object.values(tokens).filter((value) => JSON.stringify(body).includes(value)) : [];
    for (const secret of [device_code, ...issued]) expect(shown).not.toContain(secret);
  });
});
