import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RsaIdentity } from '../../src/keys/rsa.js';
import { cli } from '../support/cli.js';
import { ownServer } from '../support/own-server.js';

jest.setTimeout(60_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Not through the proxy that checks requests: the command line sends more than the document describes.
const server = ownServer(() => ({}));
const url = (): string => server.devnet.url;
const freshDirectory = (): Promise<string> => mkdtemp(join(folder, 'dir-'));

/** The client id that the server wrote into the token which it gave the command line for its key. */
async function clientIdOfCommandLine(dir: string): Promise<string> {
  const { host, port } = server.devnet;
  const env = { BACALHAU_API_HOST: host, BACALHAU_API_PORT: String(port), BACALHAU_DIR: dir };
  await cli(['job', 'list'], { env });
  const [token = ''] = Object.values<string>(JSON.parse(await readFile(join(dir, 'tokens.json'), 'utf8')));
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return String(sub);
}

test('the command line uses a key created by the SDK: both have the same client id', async () => {
  const dir = await freshDirectory();
  await using bacalhau = new Bacalhau({ baseUrl: url(), dir, env: {} });
  const identity = await bacalhau.identity();
  const pem = await readFile(join(dir, 'user_id.pem'), 'utf8');
  expect(await clientIdOfCommandLine(dir)).toBe(identity.clientId);
  expect(await readFile(join(dir, 'user_id.pem'), 'utf8')).toBe(pem);
});

test('the SDK uses a key created by the command line: the same client id and the same exported text', async () => {
  const dir = await freshDirectory();
  const theirs = await clientIdOfCommandLine(dir);
  await using bacalhau = new Bacalhau({ baseUrl: url(), dir, env: {} });
  const identity = await bacalhau.identity();
  expect(identity.clientId).toBe(theirs);
  const pem = await readFile(join(dir, 'user_id.pem'), 'utf8');
  expect(await identity.exportPrivateKey()).toBe(pem);
  expect((await RsaIdentity.import(pem)).clientId).toBe(theirs);
});

test('the settings and profiles that the command line writes lead the SDK to the same server', async () => {
  const dir = await freshDirectory();
  const env = { BACALHAU_DIR: dir };
  await cli(['config', 'set', `api.host=${server.devnet.host}`], { env });
  await cli(['config', 'set', `api.port=${server.devnet.port}`], { env });
  await using byFile = new Bacalhau({ dir, env: {} });
  expect(await byFile.config()).toMatchObject({ baseUrl: url(), sources: { endpoint: 'config.yaml' } });
  expect((await byFile.agent.alive()).Status).toBe('OK');

  const other = await freshDirectory();
  await cli(['profile', 'save', 'local', '--endpoint', url()], { env: { BACALHAU_DIR: other } });
  await cli(['profile', 'select', 'local'], { env: { BACALHAU_DIR: other } });
  await using byProfile = new Bacalhau({ dir: other, env: {} });
  expect(await byProfile.config()).toMatchObject({
    baseUrl: url(),
    profile: 'local',
    sources: { endpoint: 'profile' },
  });
  expect((await byProfile.agent.alive()).Status).toBe('OK');
});
