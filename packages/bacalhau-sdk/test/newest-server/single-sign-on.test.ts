import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevicePrompt } from '../../src/auth/options.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { PermissionDeniedError } from '../../src/errors/api-errors.js';
import { LoginError } from '../../src/errors/client-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import { confirmInBrowser } from '../support/browser-person.js';
import { type ChildServer, childServer } from '../support/child-server.js';
import { cli } from '../support/cli.js';
import { keyDirectory } from '../support/key-directory.js';
import { ownServer } from '../support/own-server.js';

jest.setTimeout(60_000);

let provider: ChildServer;
beforeAll(async () => {
  provider = await childServer('oauth-provider.mjs', { permissions: ['read:job', 'read:agent'], codeSeconds: 20 });
});
afterAll(() => provider[Symbol.asyncDispose]());

const server = ownServer(() => ({
  config: {
    API: {
      Auth: {
        Oauth2: {
          ProviderID: 'test',
          ProviderName: 'Test SSO',
          Issuer: provider.url,
          JWKSUri: `${provider.url}/jwks`,
          TokenEndpoint: `${provider.url}/token`,
          DeviceAuthorizationEndpoint: `${provider.url}/device/auth`,
          DeviceClientID: 'bacalhau-cli',
          Audience: 'bacalhau',
          Scopes: ['openid', 'profile'],
          PollingInterval: 1,
        },
      },
    },
  },
}));

const dir = keyDirectory();
const clients: Bacalhau[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));
function connect(options: ClientOptions): Bacalhau {
  const client = new Bacalhau({ baseUrl: server.url, dir, env: {}, ...options });
  clients.push(client);
  return client;
}

test('a person confirms the login elsewhere, and the server accepts the token', async () => {
  const prompts: DevicePrompt[] = [];
  const bacalhau = connect({
    auth: {
      async device(prompt) {
        prompts.push(prompt);
        expect(await confirmInBrowser(prompt.verificationUriComplete ?? '')).toMatch(/Success/i);
      },
    },
  });
  const [jobs] = await Promise.all([bacalhau.jobs.list(), bacalhau.jobs.list()]);
  expect(jobs.items).toEqual([]);
  expect(prompts).toEqual([
    {
      provider: 'Test SSO',
      verificationUri: `${provider.url}/device`,
      userCode: expect.stringMatching(/^\S+$/),
      verificationUriComplete: expect.stringContaining('user_code='),
      expiresAt: expect.any(Date),
    },
  ]);
  await expect(bacalhau.nodes.list()).rejects.toBeInstanceOf(PermissionDeniedError);
});

test('the token is kept as the command line keeps it: for the next run, and for the command line itself', async () => {
  const file = join(dir, 'jwt-tokens.json');
  expect(Object.keys(JSON.parse(await readFile(file, 'utf8')))).toEqual([server.url]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const again = connect({
    auth: {
      device() {
        throw new Error('asked again');
      },
    },
  });
  expect((await again.jobs.list()).items).toEqual([]);
  const without = connect({});
  expect((await without.jobs.list()).items).toEqual([]);
  expect((await without.config()).auth).toBe('automatic');

  const { hostname, port } = new URL(server.url);
  const env = { BACALHAU_DIR: dir, BACALHAU_API_HOST: hostname, BACALHAU_API_PORT: port };
  expect(await cli(['job', 'list', '--output', 'json'], { env })).toMatch(/\[\]|null/);
});

test('a token that is refused brings a new login, once', async () => {
  const [header = '', claims = ''] =
    Object.values<string>(JSON.parse(await readFile(join(dir, 'jwt-tokens.json'), 'utf8')))[0]?.split('.') ?? [];
  const forged = `${header}.${claims}.${Buffer.alloc(256).toString('base64url')}`;
  await writeFile(join(dir, 'jwt-tokens.json'), JSON.stringify({ [server.url]: forged }), { mode: 0o600 });
  let asked = 0;
  const bacalhau = connect({
    auth: {
      async device({ verificationUriComplete }) {
        asked += 1;
        await confirmInBrowser(verificationUriComplete ?? '');
      },
    },
  });
  expect((await bacalhau.jobs.list()).items).toEqual([]);
  expect(asked).toBe(1);
});

test('login() waits for the person, without the deadline of calls; closing the client ends it', async () => {
  let shown: () => void = () => undefined;
  const isShown = new Promise<void>((resolve) => {
    shown = resolve;
  });
  const bacalhau = connect({ auth: { device: () => shown() }, timeoutMs: 5_000 });
  const login = bacalhau.login();
  await isShown;
  await bacalhau.close();
  await expect(login).rejects.toMatchObject({ name: 'RequestAbortedError' });
});

test('a prompt that cannot be shown ends the login', async () => {
  const login = connect({
    auth: {
      device() {
        throw new Error('no terminal');
      },
    },
  }).login();
  await expect(login).rejects.toBeInstanceOf(LoginError);
  await expect(login).rejects.toMatchObject({ cause: expect.objectContaining({ message: 'no terminal' }) });
});

test('an unconfirmed login: the code expires, and the error says so', async () => {
  const login = connect({ auth: { device: () => undefined } }).login();
  await expect(login).rejects.toMatchObject({ name: 'LoginError', code: 'expired_token' });
}, 40_000);
