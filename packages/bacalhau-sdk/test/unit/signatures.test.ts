import { parseDictionary, serializeInnerList } from 'structured-headers';
import { Ed25519Identity } from '../../src/keys/ed25519.js';
import { RsaIdentity } from '../../src/keys/rsa.js';
import type { Identity } from '../../src/keys/types.js';
import { signatureBase } from '../../src/signatures/base.js';
import { digestMatches } from '../../src/signatures/digest.js';
import { SignatureError, type SignatureProblem } from '../../src/signatures/errors.js';
import { receivedMessage } from '../../src/signatures/message.js';
import { MemoryReplayCache } from '../../src/signatures/replay-cache.js';
import { signRequest } from '../../src/signatures/sign-request.js';
import { type SignedRequest, type VerifyOptions, verifyRequest } from '../../src/signatures/verify-request.js';

/** RFC 9421, B.1.4 and B.2. */
const RFC_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`;
const RFC_DIGEST = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';
const RFC_REQUEST = {
  method: 'POST',
  url: '/foo?param=Value&Pet=dog',
  headers: {
    Host: 'example.com',
    Date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'Content-Type': 'application/json',
    'Content-Digest': RFC_DIGEST,
    'Content-Length': '18',
  },
};
const RFC_B26_INPUT =
  'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
const RFC_B26_SIGNATURE = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';

test('RFC 9421, B.2.6: the base, the signature made and the signature checked', async () => {
  const message = receivedMessage(RFC_REQUEST);
  const covered = parseDictionary(RFC_B26_INPUT).get('sig-b26');
  if (!Array.isArray(covered?.[0])) throw new Error('The vector cannot be read.');
  const list: Parameters<typeof serializeInnerList>[0] = [covered[0], covered[1]];
  const base = signatureBase(message, list, serializeInnerList(list));
  expect(base).toBe(
    [
      '"date": Tue, 20 Apr 2021 02:07:55 GMT',
      '"@method": POST',
      '"@path": /foo',
      '"@authority": example.com',
      '"content-type": application/json',
      '"content-length": 18',
      '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    ].join('\n'),
  );
  const key = await Ed25519Identity.import(RFC_KEY);
  const data = new TextEncoder().encode(base);
  expect(Buffer.from(await key.sign(data)).toString('base64')).toBe(RFC_B26_SIGNATURE);
  expect(await key.verify(data, Buffer.from(RFC_B26_SIGNATURE, 'base64'))).toBe(true);
});

test('RFC 9421, B.2: the digest of the request’s body', async () => {
  const body = new TextEncoder().encode('{"hello": "world"}');
  expect(await digestMatches(RFC_DIGEST, body)).toBe(true);
  expect(await digestMatches(RFC_DIGEST, body.slice(1))).toBe(false);
  expect(await digestMatches('md5=:AAAA:', body)).toBe(false);
});

const NOW = 1_700_000_000_000;
const BODY = '{"Job":{}}';
const REQUEST = { method: 'PUT', url: 'https://gateway.example.org/api/v1/orchestrator/jobs?namespace=a%20b&x=1' };
const keys = new Map<string, Identity>();
let ed25519: Ed25519Identity;
let rsa: RsaIdentity;
beforeAll(async () => {
  ed25519 = await Ed25519Identity.generate();
  rsa = await RsaIdentity.generate();
  for (const key of [ed25519, rsa]) keys.set(key.keyId, key);
});

const signed = async (
  key: Identity = ed25519,
  now = NOW,
): Promise<SignedRequest & { headers: Record<string, string> }> => {
  const headers = { 'Content-Type': 'application/json' };
  const more = await signRequest({ ...REQUEST, headers, body: new TextEncoder().encode(BODY) }, key, now);
  return { ...REQUEST, headers: { ...headers, ...more }, body: BODY };
};
const check = (request: SignedRequest, options: Partial<VerifyOptions> = {}) =>
  verifyRequest(request, {
    authority: 'gateway.example.org',
    key: (id) => keys.get(id),
    replayCache: new MemoryReplayCache({ since: 0 }),
    now: NOW,
    ...options,
  });

async function problem(request: SignedRequest, options: Partial<VerifyOptions> = {}): Promise<SignatureProblem> {
  const error: unknown = await check(request, options).catch((caught: unknown) => caught);
  if (!(error instanceof SignatureError)) throw new Error(`It was not refused: ${error}`);
  return error.problem;
}

test.each([
  ['ed25519', () => ed25519],
  ['rsa-v1_5-sha256', () => rsa],
] as const)(
  'a request signed with %s is let through, with time, end, nonce, key and algorithm in it',
  async (algorithm, key) => {
    const request = await signed(key());
    expect(await check(request)).toEqual({
      keyId: key().keyId,
      nonce: expect.stringMatching(/^[\w+/]{22}==$/),
      created: new Date(NOW),
      expires: new Date(NOW + 60_000),
      authority: 'gateway.example.org',
      body: new TextEncoder().encode(BODY),
    });
    expect(request.headers['Signature-Input']).toMatch(
      new RegExp(
        `^sig1=\\("@method" "@authority" "@path" "@query" "content-digest"\\);created=1700000000;expires=1700000060;nonce="[^"]+";keyid="${key().keyId}";alg="${algorithm}"$`,
      ),
    );
  },
);

test('it may come as a request line with a Host, with headers of fetch, with a body of bytes', async () => {
  const request = await signed();
  const { pathname, search, host } = new URL(REQUEST.url);
  await check({ ...request, url: `${pathname}${search}`, headers: { ...request.headers, host } });
  await check({ ...request, headers: new Headers(request.headers), body: new TextEncoder().encode(BODY) });
});

test('a body that is missing is an empty one', async () => {
  const headers = await signRequest({ ...REQUEST, headers: {}, body: new Uint8Array() }, ed25519, NOW);
  await check({ ...REQUEST, headers });
  expect(await problem({ ...REQUEST, headers, body: 'x' })).toBe('digest');
});

type Change = (request: SignedRequest & { headers: Record<string, string> }) => SignedRequest;
const withHeader =
  (name: string, change: (value: string) => string): Change =>
  (request) => ({
    ...request,
    headers: { ...request.headers, [name]: change(request.headers[name] ?? '') },
  });
const OTHER_DIGEST = 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:';

test.each<[string, Change, SignatureProblem]>([
  ['the method', (request) => ({ ...request, method: 'POST' }), 'invalid'],
  ['the authority', (request) => ({ ...request, url: REQUEST.url.replace('gateway', 'other') }), 'authority'],
  ['the port', (request) => ({ ...request, url: REQUEST.url.replace('.org', '.org:444') }), 'authority'],
  ['the path', (request) => ({ ...request, url: REQUEST.url.replace('/jobs', '/nodes') }), 'invalid'],
  ['the query', (request) => ({ ...request, url: REQUEST.url.replace('x=1', 'x=2') }), 'invalid'],
  [
    'the order of the query',
    (request) => ({ ...request, url: REQUEST.url.replace('namespace=a%20b&x=1', 'x=1&namespace=a%20b') }),
    'invalid',
  ],
  ['no query', (request) => ({ ...request, url: REQUEST.url.replace(/\?.*/, '') }), 'invalid'],
  ['the body', (request) => ({ ...request, body: '{"Job":{"Name":"x"}}' }), 'digest'],
  ['no body', ({ body: _, ...request }) => request, 'digest'],
  ['the digest', withHeader('Content-Digest', () => OTHER_DIGEST), 'invalid'],
  [
    'body and digest',
    (request) => withHeader('Content-Digest', () => OTHER_DIGEST)({ ...request, body: '' }),
    'invalid',
  ],
  [
    'created',
    withHeader('Signature-Input', (value) => value.replace('created=1700000000', 'created=1700000001')),
    'invalid',
  ],
  [
    'expires',
    withHeader('Signature-Input', (value) => value.replace('expires=1700000060', 'expires=1700000061')),
    'invalid',
  ],
  ['the nonce', withHeader('Signature-Input', (value) => value.replace(/nonce="./, 'nonce="_')), 'invalid'],
  [
    'the algorithm',
    withHeader('Signature-Input', (value) => value.replace('alg="ed25519"', 'alg="rsa-v1_5-sha256"')),
    'invalid',
  ],
  ['no algorithm', withHeader('Signature-Input', (value) => value.replace(';alg="ed25519"', '')), 'invalid'],
  [
    'the key’s id',
    withHeader('Signature-Input', (value) => value.replace(/keyid="[^"]+"/, 'keyid="nobody"')),
    'unknown-key',
  ],
  [
    'another known key’s id',
    withHeader('Signature-Input', (value) => value.replace(/keyid="[^"]+";alg="[^"]+"/, `keyid="${rsa.keyId}"`)),
    'invalid',
  ],
  ['what is covered', withHeader('Signature-Input', (value) => value.replace(' "@query"', '')), 'incomplete'],
  [
    'the order of what is covered',
    withHeader('Signature-Input', (value) => value.replace('"@method" "@authority"', '"@authority" "@method"')),
    'invalid',
  ],
  [
    'twice the same',
    withHeader('Signature-Input', (value) => value.replace('("@method"', '("@method" "@method"')),
    'malformed',
  ],
  ['no nonce', withHeader('Signature-Input', (value) => value.replace(/;nonce="[^"]+"/, '')), 'incomplete'],
  [
    'the signature',
    withHeader('Signature', (value) => value.replace(/:./, (start) => (start === ':A' ? ':B' : ':A'))),
    'invalid',
  ],
  ['no signature', ({ headers: { Signature: _, ...headers }, ...request }) => ({ ...request, headers }), 'missing'],
  ['nonsense', withHeader('Signature-Input', () => '((('), 'malformed'],
  ['a signature of another name', withHeader('Signature', (value) => value.replace('sig1', 'sig2')), 'malformed'],
  [
    'two signatures',
    withHeader('Signature-Input', (value) => `${value}, ${value.replace('sig1', 'sig2')}`),
    'malformed',
  ],
])('%s altered is refused', async (_what, change, expected) => {
  expect(await problem(change(await signed()))).toBe(expected);
});

test('one by an unknown key is refused', async () => {
  expect(await problem(await signed(await Ed25519Identity.generate()))).toBe('unknown-key');
});

test('one by an unknown key with the id of a known key is refused', async () => {
  const stranger = await Ed25519Identity.generate();
  const { algorithm, keyId } = ed25519;
  const headers = await signRequest(
    { ...REQUEST, headers: {}, body: new Uint8Array() },
    { algorithm, keyId, sign: (data) => stranger.sign(data) },
    NOW,
  );
  expect(await problem({ ...REQUEST, headers })).toBe('invalid');
});

test('the clock decides, with some tolerance', async () => {
  const request = await signed();
  expect(await problem(request, { now: NOW + 66_000 })).toBe('expired');
  expect(await problem(request, { now: NOW - 6_000 })).toBe('premature');
  await check(request, { now: NOW + 64_000 });
  await check(request, { now: NOW - 4_000 });
  await check(request, { now: NOW + 89_000, clockToleranceSeconds: 30 });
  expect(await problem(request, { maxLifetimeSeconds: 59 })).toBe('expired');
  expect(await problem(request, { clockToleranceSeconds: 0, now: NOW + 61_000 })).toBe('expired');
});

test('a request is accepted once; a refused one does not use up its nonce', async () => {
  const replayCache = new MemoryReplayCache({ since: 0 });
  const request = await signed();
  const stranger = withHeader('Signature', (value) => value.replace(/:..../, ':AAAA'))(request);
  const now = Date.now();
  const fresh = await signed(ed25519, now);
  expect(await problem({ ...stranger }, { replayCache })).toBe('invalid');
  await check(fresh, { replayCache, now });
  expect(await problem(fresh, { replayCache, now })).toBe('replayed');
});

test('expired nonces are forgotten, and a full cache refuses requests rather than forget nonces', () => {
  const cache = new MemoryReplayCache({ capacity: 2 });
  const later = Date.now() + 60_000;
  expect(cache.remember('gone', Date.now() - 1)).toBe(true);
  expect(cache.remember('a', later)).toBe(true);
  expect(cache.remember('b', later)).toBe(true);
  expect(cache.remember('a', later)).toBe(false);
  expect(() => cache.remember('c', later)).toThrow(SignatureError);
});

test.each(['/a/../b', '//', '/a\\b'])('a path that could be read in two ways (%s) is refused', async (path) => {
  const request = await signed();
  expect(
    await problem({ ...request, url: path, headers: { ...request.headers, host: 'gateway.example.org' } }),
  ).toMatch(/malformed|invalid/);
});
