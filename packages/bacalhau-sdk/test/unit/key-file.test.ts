import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import { IdentityStore } from '../../src/identity/identity-store.js';
import type { RsaIdentity } from '../../src/keys/rsa.js';
import type { Logger } from '../../src/logging/logger.js';
import { keyFiles } from '../../src/platform/node/key-files.js';
import { expectMode } from '../support/file-modes.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const store = (dir: string | undefined, more: { logger?: Logger; allowReadableKeyFile?: boolean } = {}) =>
  new IdentityStore({ dir, keyFiles, logger: quiet, allowReadableKeyFile: false, ...more });
const loadIdentity = (dir: string | undefined): Promise<RsaIdentity> => store(dir).rsa();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('creates the directory and an RSA 2048 key in PKCS#1 that only its owner can read', async () => {
  const dir = join(folder, 'a', 'b');
  const identity = await loadIdentity(dir);
  const pem = await readFile(join(dir, 'user_id.pem'), 'utf8');
  expect(pem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  expect(createPrivateKey(pem).asymmetricKeyDetails?.modulusLength).toBe(2048);
  await expectMode(join(dir, 'user_id.pem'), 0o600);
  await expectMode(dir, 0o700);
  expect(await readdir(dir)).toEqual(['user_id.pem']);
  expect(createPublicKey(identity.publicKey).equals(createPublicKey(createPrivateKey(pem)))).toBe(true);
  expect(identity.clientId).toMatch(/^[0-9a-f]{64}$/);
});

test('never replaces a key', async () => {
  const first = await loadIdentity(folder);
  const pem = await readFile(join(folder, 'user_id.pem'), 'utf8');
  await store(folder).ensure();
  expect(await readFile(join(folder, 'user_id.pem'), 'utf8')).toBe(pem);
  expect((await loadIdentity(folder)).clientId).toBe(first.clientId);
});

test('many at once end with one key', async () => {
  const identities = await Promise.all(Array.from({ length: 8 }, () => loadIdentity(folder)));
  expect(new Set(identities.map(({ clientId }) => clientId)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['user_id.pem']);
  // Making RSA keys takes a busy machine seconds.
}, 60_000);

test('has the hash of its modulus as the client id', async () => {
  const { clientId } = await loadIdentity(folder);
  const { n } = createPrivateKey(await readFile(join(folder, 'user_id.pem'))).export({ format: 'jwk' });
  const modulus = Buffer.from(String(n), 'base64url');
  expect(clientId).toBe(createHash('sha256').update(modulus).digest('hex'));
});

test.each([
  ['nonsense', 'hunter2'],
  [
    'an EC key',
    `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\nAwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q\nEKTcWGekdmdDPsHloRNtsiCa697B2O9IFA==\n-----END EC PRIVATE KEY-----\n`,
  ],
])('a file with %s is left alone and named in the error, its content is not', async (_name, content) => {
  const file = join(folder, 'user_id.pem');
  await writeFile(file, content, { mode: 0o600 });
  const failure = loadIdentity(folder);
  await expect(failure).rejects.toBeInstanceOf(ConfigurationError);
  await expect(failure).rejects.toThrow(/user_id\.pem contains no unencrypted RSA private key.*BACALHAU_DIR/);
  await expect(failure).rejects.not.toThrow(/hunter2/);
  expect(await readFile(file, 'utf8')).toBe(content);
});

test('a directory in the place of the key file is an error that says so', async () => {
  await mkdir(join(folder, 'user_id.pem'), { mode: 0o700 });
  await expect(loadIdentity(folder)).rejects.toThrow(
    /Cannot read the file .*user_id\.pem: it is a directory.*BACALHAU_DIR/,
  );
});

test('where no key can be created, there is one warning, and only calls that need the key fail', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const warnings: string[] = [];
  const logger = {
    debug: jest.fn(),
    info: jest.fn(),
    error: jest.fn(),
    warn: (message: string) => void warnings.push(message),
  };
  const keys = store(join(file, 'dir'), { logger });
  await keys.ensure();
  await keys.ensure();
  expect(warnings).toEqual([
    expect.stringMatching(/Cannot create the file .*user_id\.pem.*ENOTDIR.*BACALHAU_DIR.*Continuing without/),
  ]);
  await expect(keys.rsa()).rejects.toBeInstanceOf(ConfigurationError);
});

test('without a home directory and without a setting the error says what to set', async () => {
  await expect(loadIdentity(undefined)).rejects.toThrow(/BACALHAU_DIR/);
});
