import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevnet } from 'bacalhau-devnet';
import type { LoginQuestion } from '../../src/auth/options.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { AuthenticationError, PermissionDeniedError } from '../../src/errors/api-errors.js';
import { LoginError } from '../../src/errors/client-errors.js';
import { connect as connectTransport } from '../../src/http/connect.js';
import type { ClientOptions } from '../../src/http/options.js';
import { RsaIdentity } from '../../src/keys/rsa.js';
import { cli } from '../support/cli.js';
import { keyDirectory } from '../support/key-directory.js';
import { freshName } from '../support/network.js';
import { ownServer } from '../support/own-server.js';
import { anyKeyExcept, JOBS_NEED_A_TOKEN, NAME_AND_PASSWORD } from '../support/policies.js';
import { describeWhere, describeWith, testWhere, testWith } from '../support/requirements.js';
import { devnetServer, has } from '../support/server.js';
import { prepareLogs, upgradeStatus } from '../support/upgrade.js';

jest.setTimeout(60_000);

const clients: Bacalhau[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

function connect(options: ClientOptions): Bacalhau {
  const client = new Bacalhau({ env: {}, ...options });
  clients.push(client);
  return client;
}

describeWith(['own-network', 'users'], 'a server with users', () => {
  const dir = keyDirectory();
  const server = ownServer(async () => {
    const hash = (await cli(['auth', 'hash-password'], { env: { BACALHAU_DIR: dir }, input: 'hashedpassword1\n' }))
      .split(/\s+/)
      .find((word) => word.startsWith('$2'));
    const user = (Alias: string, can: string, secret: Record<string, string>) => ({
      Alias,
      ...secret,
      Capabilities: [{ Actions: [can] }],
    });
    return {
      config: {
        API: {
          Auth: {
            Users: [
              user('admin', '*', { Username: 'admin', Password: 'adminpassword1' }),
              user('hashed', '*', { Username: 'hashed', Password: hash ?? '' }),
              user('ci', 'read:job', { APIKey: 'ci-api-key-0123456789abcdef' }),
            ],
          },
        },
      },
    };
  });
  const client = (options: ClientOptions): Bacalhau => connect({ baseUrl: server.url, dir, ...options });

  test.each([
    ['admin', 'adminpassword1'],
    ['hashed', 'hashedpassword1'],
  ])('lets %s in by password', async (username, password) => {
    const bacalhau = client({ auth: { username, password } });
    expect((await bacalhau.jobs.list()).items).toEqual([]);
    expect((await bacalhau.config()).auth).toBe('basic');
  });

  test('accepts a key, and a call beyond its permissions is a PermissionDeniedError that says what is missing', async () => {
    const bacalhau = client({ auth: { apiKey: 'ci-api-key-0123456789abcdef' } });
    expect((await bacalhau.jobs.list()).items).toEqual([]);
    const refused = bacalhau.nodes.list();
    await expect(refused).rejects.toBeInstanceOf(PermissionDeniedError);
    await expect(refused).rejects.toThrow(/does not have the required capability 'read:node'/);
  });

  test.each<[string, Record<string, string>, string]>([
    ['a key', { BACALHAU_API_KEY: ' ci-api-key-0123456789abcdef\n' }, 'api-key'],
    ['a password', { BACALHAU_API_USERNAME: 'admin', BACALHAU_API_PASSWORD: 'adminpassword1' }, 'basic'],
  ])('takes %s from the environment', async (_what, env, auth) => {
    const bacalhau = client({ env });
    expect((await bacalhau.jobs.list()).items).toEqual([]);
    expect((await bacalhau.config()).auth).toBe(auth);
  });

  test('refuses calls without credentials, and the error says what to set', async () => {
    const refused = client({}).jobs.list();
    await expect(refused).rejects.toBeInstanceOf(AuthenticationError);
    await expect(refused).rejects.toThrow(/Missing Authorization header.*BACALHAU_API_KEY.*option auth/);
  });

  test('refuses a wrong password once, without trying again', async () => {
    const attempts: number[] = [];
    const refused = client({
      auth: { username: 'admin', password: 'wrong-password' },
      onRequest: ({ attempt }) => attempts.push(attempt),
    }).jobs.list();
    await expect(refused).rejects.toThrow(/invalid basic auth credentials/);
    expect(attempts).toEqual([1]);
  });

  test('a token function is called once, and again when the server rejects the token', async () => {
    const tokens = ['expired-key-0123456789', 'ci-api-key-0123456789abcdef'];
    const bacalhau = client({ auth: { token: async () => tokens.shift() ?? 'asked-too-often-0123' } });
    const lists = await Promise.all([bacalhau.jobs.list(), bacalhau.jobs.list(), bacalhau.jobs.list()]);
    expect(lists).toHaveLength(3);
    expect(tokens).toEqual([]);
  });

  test('lets log streams in by the same credentials, and a renewed token opens the next one', async () => {
    const transport = connectTransport({
      ...{ baseUrl: server.url, dir, env: {} },
      auth: { username: 'hashed', password: 'hashedpassword1' },
    });
    expect(await upgradeStatus(await prepareLogs(transport))).toBe(101);
    transport.close();

    const tokens = ['expired-key-0123456789', 'ci-api-key-0123456789abcdef'];
    const renewing = connectTransport({
      ...{ baseUrl: server.url, dir, env: {} },
      auth: { token: () => tokens.shift() ?? '' },
    });
    const first = await prepareLogs(renewing);
    expect(await upgradeStatus(first)).toBe(401);
    expect(await first.renew(401)).toBe(true);
    expect(await upgradeStatus(await prepareLogs(renewing))).toBe(101);
    renewing.close();
  });

  test('offers no login by key, and says so', async () => {
    const refused = client({ auth: { challenge: true } }).jobs.list();
    await expect(refused).rejects.toBeInstanceOf(LoginError);
    await expect(refused).rejects.toThrow(/no login of its own.*apiKey/);
  });

  test('is shown the credentials of one client only: a derived one with another address has none', async () => {
    const bacalhau = client({ auth: { apiKey: 'ci-api-key-0123456789abcdef' } });
    await bacalhau.jobs.list();
    const elsewhere = bacalhau.withOptions({ baseUrl: server.devnet.url });
    await expect(elsewhere.jobs.list()).rejects.toBeInstanceOf(AuthenticationError);
    expect((await bacalhau.withOptions({ timeoutMs: 5_000 }).jobs.list()).items).toEqual([]);
  });
});

describeWhere(['users', 'no'], 'a server that knows no users', () => {
  test('has no setting for them', async () => {
    const config = { API: { Auth: { Users: [{ Alias: 'ci', APIKey: 'ci-api-key-0123456789abcdef' }] } } };
    await expect(startDevnet({ server: devnetServer, computeNodes: 0, config })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(/has no configuration key API/),
    });
  });
});

describeWith(['own-network', 'login'], 'a server with logins', () => {
  let policies: string;
  let refused: RsaIdentity;
  beforeAll(async () => {
    policies = await mkdtemp(join(tmpdir(), 'bacalhau-policies-'));
    refused = await RsaIdentity.generate();
    await writeFile(join(policies, 'access.rego'), JOBS_NEED_A_TOKEN);
    await writeFile(join(policies, 'key.rego'), anyKeyExcept(refused.clientId));
    await writeFile(join(policies, 'password.rego'), NAME_AND_PASSWORD);
  });
  afterAll(() => rm(policies, { recursive: true, force: true }));

  const server = ownServer(() => {
    const Auth = {
      AccessPolicyPath: join(policies, 'access.rego'),
      Methods: {
        ClientKey: { Type: 'challenge', PolicyPath: join(policies, 'key.rego') },
        Password: { Type: 'ask', PolicyPath: join(policies, 'password.rego') },
      },
    };
    // Up to 1.4 it is a section of its own.
    return { config: has('agent-config') ? { API: { Auth } } : { Auth } };
  });

  /** A client of a directory, and the calls that it makes. */
  function client(dir: string, options: ClientOptions = {}): { bacalhau: Bacalhau; calls: string[] } {
    const calls: string[] = [];
    const onRequest = ({ operation }: { operation: string }): void => void calls.push(operation);
    return { bacalhau: connect({ baseUrl: server.url, dir, onRequest, ...options }), calls };
  }

  const tokens = async (dir: string): Promise<Record<string, string>> =>
    JSON.parse(await readFile(join(dir, 'tokens.json'), 'utf8'));
  const freshDirectory = (): Promise<string> => mkdtemp(join(policies, 'dir-'));

  test('issues a token for the answer to its challenge, which the next run reuses', async () => {
    const dir = await freshDirectory();
    const first = client(dir, { auth: { challenge: true } });
    expect((await first.bacalhau.jobs.list()).items).toEqual([]);
    expect(first.calls).toEqual(['auth.methods', 'auth.login', 'jobs.list']);
    await first.bacalhau.jobs.list();
    expect(first.calls).toHaveLength(4);

    const stored = await tokens(dir);
    expect(Object.keys(stored)).toEqual([server.url]);
    const [, claims = ''] = stored[server.url]?.split('.') ?? [];
    const { clientId } = await first.bacalhau.identity();
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ sub: clientId });
    expect((await stat(join(dir, 'tokens.json'))).mode & 0o777).toBe(0o600);

    const second = client(dir, { auth: { challenge: true } });
    await second.bacalhau.jobs.list();
    expect(second.calls).toEqual(['jobs.list']);
  });

  test('is logged in to without any setting when it requires authentication', async () => {
    const { bacalhau, calls } = client(await freshDirectory());
    const [jobs] = await Promise.all([bacalhau.jobs.list(), bacalhau.jobs.list()]);
    expect(jobs.items).toEqual([]);
    expect(calls.filter((name) => name === 'auth.login')).toHaveLength(1);
    expect((await bacalhau.config()).auth).toBe('automatic');
  });

  test('a write is repeated after a login, because a refused request was not processed', async () => {
    const { bacalhau, calls } = client(await freshDirectory());
    const Name = freshName('after-login');
    const job = {
      Name,
      Type: 'batch',
      Count: 1,
      Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'x' } } }],
    };
    const { JobID } = await bacalhau.jobs.put({ Job: job });
    expect(calls).toEqual(['jobs.put', 'auth.methods', 'auth.login', 'jobs.put']);
    expect((await bacalhau.jobs.list()).items.filter(({ ID }) => ID === JobID)).toHaveLength(1);
  });

  test('a token that the server does not take any more is renewed once, and kept', async () => {
    const dir = await freshDirectory();
    // The token of another server: well-formed, and signed with a key that this one does not know.
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const stranger = await RsaIdentity.generate();
    const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ sub: 'me', ns: { '*': 15 } })}`;
    const signature = Buffer.from(await stranger.sign(new TextEncoder().encode(unsigned))).toString('base64url');
    const old = `${unsigned}.${signature}`;
    await writeFile(join(dir, 'tokens.json'), JSON.stringify({ [server.url]: old, 'http://other:1': 'kept' }), {
      mode: 0o600,
    });
    const { bacalhau, calls } = client(dir, { auth: { challenge: true } });
    await Promise.all([bacalhau.jobs.list(), bacalhau.jobs.list()]);
    expect(calls.filter((name) => name === 'auth.login')).toHaveLength(1);
    const stored = await tokens(dir);
    expect(stored['http://other:1']).toBe('kept');
    expect(stored[server.url]).not.toBe(old);
  });

  test('accepts a key passed as a value, and refuses an unknown one with a reason', async () => {
    const dir = await freshDirectory();
    const key = await RsaIdentity.generate();
    const { bacalhau } = client(dir, { auth: { challenge: { key, method: 'ClientKey' } } });
    expect((await bacalhau.jobs.list()).items.length).toBeGreaterThanOrEqual(0);

    const denied = client(await freshDirectory(), { auth: { challenge: { key: refused } } }).bacalhau.jobs.list();
    await expect(denied).rejects.toBeInstanceOf(AuthenticationError);
    await expect(denied).rejects.toThrow(/auth\.login: signature verified but user credentials rejected/);
    await expect(client(dir, { auth: { challenge: { key, method: 'nope' } } }).bacalhau.login()).rejects.toThrow(
      /no login of type challenge named "nope".*clientkey \(challenge\)/,
    );
  });

  test('asks, and the callback is given the schema', async () => {
    const dir = await freshDirectory();
    const questions: LoginQuestion[] = [];
    const { bacalhau, calls } = client(dir, {
      auth: {
        ask(question) {
          questions.push(question);
          return { username: 'ada', password: 'lovelace1' };
        },
      },
    });
    await bacalhau.login();
    expect(questions).toEqual([
      { method: 'password', schema: expect.objectContaining({ required: ['username', 'password'] }) },
    ]);
    await bacalhau.jobs.list();
    expect(calls).toEqual(['auth.methods', 'auth.login', 'jobs.list']);
    expect(Object.keys(await tokens(dir))).toEqual([server.url]);
  });

  test.each([
    ['a wrong answer', { username: 'ada', password: 'wrong' }, /credentials rejected/],
    ['half an answer', { username: 'ada' }, /auth\.ask must return a string for password/],
  ])('%s is refused', async (_what, answer, message) => {
    const { bacalhau } = client(await freshDirectory(), { auth: { ask: () => answer } });
    await expect(bacalhau.jobs.list()).rejects.toThrow(message);
  });

  test('a slow login does not delay a call beyond its deadline', async () => {
    const { bacalhau } = client(await freshDirectory(), { auth: { ask: () => new Promise(() => undefined) } });
    await expect(bacalhau.jobs.list({ timeoutMs: 300 })).rejects.toMatchObject({ name: 'RequestTimeoutError' });
    await expect(bacalhau.login({ timeoutMs: 100 })).rejects.toMatchObject({ name: 'RequestTimeoutError' });
  });

  testWhere(['shared-directory', 'no'], 'the command line refuses a directory that the SDK has made', async () => {
    const dir = await freshDirectory();
    await client(dir, { auth: { challenge: true } }).bacalhau.login();
    await expect(cli(['job', 'list'], { env: { BACALHAU_DIR: dir } })).rejects.toThrow(/user key file already exists/);
  });

  testWith(
    ['shared-directory'],
    'the command line uses a token of the SDK, and the SDK one of the command line',
    async () => {
      const env = { BACALHAU_API_HOST: new URL(server.url).hostname, BACALHAU_API_PORT: new URL(server.url).port };
      const dir = await freshDirectory();
      const ours = client(dir, { auth: { challenge: true } });
      await ours.bacalhau.login();
      const before = await tokens(dir);
      await cli(['job', 'list'], { env: { ...env, BACALHAU_DIR: dir } });
      expect(await tokens(dir)).toEqual(before);

      const other = await freshDirectory();
      // The question which of the two logins it should be is answered by the order of the list, so it is asked for twice.
      await cli(['job', 'list'], { env: { ...env, BACALHAU_DIR: other }, input: 'clientkey\n' }).catch(() => undefined);
      const theirs = client(other);
      await theirs.bacalhau.jobs.list();
      expect(theirs.calls.filter((name) => name === 'jobs.list')).not.toHaveLength(0);
    },
  );
});
