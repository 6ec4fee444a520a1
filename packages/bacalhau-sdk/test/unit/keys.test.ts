import { checkPrimeSync, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import { Ed25519Identity } from '../../src/keys/ed25519.js';
import { importPublicKey } from '../../src/keys/public-key.js';
import { RsaIdentity } from '../../src/keys/rsa.js';
import { expectMode, testModes } from '../support/file-modes.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const message = new TextEncoder().encode('what is signed');

/** RFC 8032, 7.1, tests 1 to 3: private key, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

describe('Ed25519', () => {
  test.each(RFC_8032)('RFC 8032: the key %s', async (privateKey, publicKey, text, signature) => {
    const identity = await Ed25519Identity.import(hex(privateKey));
    expect(toHex(identity.publicKeyBytes)).toBe(publicKey);
    expect(toHex(await identity.sign(hex(text)))).toBe(signature);
    const known = await importPublicKey(hex(publicKey));
    expect(await known.verify(hex(text), hex(signature))).toBe(true);
    expect(await known.verify(hex(`${text}00`), hex(signature))).toBe(false);
    expect(await known.verify(hex(text), hex(signature.slice(2)))).toBe(false);
  });

  test('PEM goes to and fro between the SDK and OpenSSL', async () => {
    const identity = await Ed25519Identity.generate();
    const pem = await identity.exportPrivateKey();
    const theirs = createPrivateKey(pem);
    expect(theirs.asymmetricKeyType).toBe('ed25519');
    expect(theirs.export({ type: 'pkcs8', format: 'pem' })).toBe(pem);
    expect(createPublicKey(theirs).export({ type: 'spki', format: 'pem' })).toBe(identity.publicKey);
    expect(verify(null, message, createPublicKey(identity.publicKey), await identity.sign(message))).toBe(true);

    const other = generateKeyPairSync('ed25519');
    const imported = await Ed25519Identity.import(String(other.privateKey.export({ type: 'pkcs8', format: 'pem' })));
    expect(await imported.verify(message, sign(null, message, other.privateKey))).toBe(true);
    const again = await Ed25519Identity.import(imported.exportPrivateKeyBytes());
    expect(again.clientId).toBe(imported.clientId);
  });

  test('the form of PKCS#8 that has the public key behind the private one is read as well (RFC 8410, 10.3)', async () => {
    const [seed, publicKey] = RFC_8032[0];
    const der = `3053020101300506032b657004220420${seed}812100${publicKey}`;
    const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der, 'hex').toString('base64')}\n-----END PRIVATE KEY-----\n`;
    expect(toHex((await Ed25519Identity.import(pem)).publicKeyBytes)).toBe(publicKey);
  });

  test.each([
    ['a short key', new Uint8Array(31)],
    ['no PEM', 'hunter2'],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
    ['an X25519 key', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ])('%s is refused without being quoted', async (_what, key) => {
    const refused = Ed25519Identity.import(typeof key === 'string' ? key : new Uint8Array(Buffer.from(key)));
    await expect(refused).rejects.toBeInstanceOf(ConfigurationError);
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });
});

describe('RSA', () => {
  test.each(['pkcs1', 'pkcs8'] as const)('a key of OpenSSL in %s', async (type) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const identity = await RsaIdentity.import(String(privateKey.export({ type, format: 'pem' })));
    expect(await identity.exportPrivateKey()).toBe(privateKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(identity.publicKey).toBe(publicKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(Buffer.from(identity.exportPublicKeyDer())).toEqual(publicKey.export({ type: 'pkcs1', format: 'der' }));
    expect(verify('sha256', message, publicKey, await identity.sign(message))).toBe(true);
    for (const form of ['pkcs1', 'spki'] as const) {
      const known = await importPublicKey(String(publicKey.export({ type: form, format: 'pem' })));
      expect(await known.verify(message, sign('sha256', message, privateKey))).toBe(true);
      expect(await known.verify(message, new Uint8Array(256))).toBe(false);
    }
  });

  test('OpenSSL, which Node has built in, reads a key of the SDK, and its numbers fit together', async () => {
    const key = createPrivateKey(await (await RsaIdentity.generate()).exportPrivateKey()).export({ format: 'jwk' });
    const number = (name: string): bigint => BigInt(`0x${Buffer.from(String(key[name]), 'base64url').toString('hex')}`);
    const [n, e, d, p, q] = [number('n'), number('e'), number('d'), number('p'), number('q')];
    // What `openssl rsa -check` looks at.
    expect(checkPrimeSync(p) && checkPrimeSync(q)).toBe(true);
    expect(p * q).toBe(n);
    expect([(d * e) % (p - 1n), (d * e) % (q - 1n)]).toEqual([1n, 1n]);
    expect([number('dp'), number('dq')]).toEqual([d % (p - 1n), d % (q - 1n)]);
    expect((number('qi') * q) % p).toBe(1n);
  });

  test.each([
    ['no key', 'hunter2'],
    ['an Ed25519 key', generateKeyPairSync('ed25519').privateKey],
  ])('%s is refused', async (_what, key) => {
    const pem = typeof key === 'string' ? key : String(key.export({ type: 'pkcs8', format: 'pem' }));
    await expect(RsaIdentity.import(pem)).rejects.toBeInstanceOf(ConfigurationError);
    await expect(RsaIdentity.import(pem)).rejects.not.toThrow(/hunter2/);
  });
});

test.each(['nonsense', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', new Uint8Array(5)])(
  '%j is no public key',
  async (key) => {
    await expect(importPublicKey(key)).rejects.toBeInstanceOf(ConfigurationError);
  },
);

test('inspecting or stringifying a key shows its public half only', async () => {
  const seed = RFC_8032[0][0];
  const key = await Ed25519Identity.import(hex(seed));
  const rsa = await RsaIdentity.generate();
  const inside = (await rsa.exportPrivateKey()).split('\n')[5] ?? '';
  for (const show of [String, JSON.stringify, (value: unknown) => inspect(value, { depth: 10, showHidden: true })]) {
    expect(show(key)).not.toContain(seed);
    expect(show(rsa)).not.toContain(inside);
  }
  expect(JSON.parse(JSON.stringify(rsa))).toEqual({ clientId: rsa.clientId, publicKey: rsa.publicKey });
});

describe('key files', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bacalhau-keys-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('of both kinds are created on request, readable by their owner only, and loaded again', async () => {
    const bacalhau = new Bacalhau({ dir, env: {} });
    const [rsa, ed25519] = await Promise.all([bacalhau.identity(), bacalhau.identity('ed25519')]);
    const again = new Bacalhau({ dir, env: {} });
    expect((await again.identity()).clientId).toBe(rsa.clientId);
    expect((await again.identity('ed25519')).clientId).toBe(ed25519.clientId);
    await expectMode(join(dir, 'user_id_ed25519.pem'), 0o600);
  });

  testModes('that others can read are refused, unless told', async () => {
    const key = await Ed25519Identity.generate();
    const file = join(dir, 'user_id_ed25519.pem');
    await writeFile(file, await key.exportPrivateKey(), { mode: 0o644 });
    const refused = new Bacalhau({ dir, env: {} }).identity('ed25519');
    await expect(refused).rejects.toBeInstanceOf(ConfigurationError);
    await expect(refused).rejects.toThrow(
      /user_id_ed25519\.pem: it can be read or written by users other than.*chmod 600.*allowReadableKeyFile/,
    );
    const told = new Bacalhau({ dir, env: {}, allowReadableKeyFile: true });
    expect((await told.identity('ed25519')).clientId).toBe(key.clientId);
  });
});
