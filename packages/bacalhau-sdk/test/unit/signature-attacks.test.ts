import fc from 'fast-check';
import { InvalidArgumentError } from '../../src/errors/client-errors.js';
import { Ed25519Identity } from '../../src/keys/ed25519.js';
import {
  importPublicKey,
  MemoryReplayCache,
  SignatureError,
  type SignatureProblem,
  type SignedRequest,
  signRequest,
  type VerifyOptions,
  verifyRequest,
} from '../../src/signatures/entry.js';

const BODY = '{"Job":{}}';
const bytes = (text: string) => new TextEncoder().encode(text);
let key: Ed25519Identity;
beforeAll(async () => {
  key = await Ed25519Identity.generate();
});

interface Signed extends SignedRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** A request as a server receives it: a request line and a Host. */
async function signed(url = 'http://gw.example/api?x=1', now = Date.now(), body = BODY): Promise<Signed> {
  const { host, pathname, search } = new URL(url);
  const signature = await signRequest({ method: 'PUT', url, headers: {}, body: bytes(body) }, key, now);
  return { method: 'PUT', url: `${pathname}${search}`, headers: { host, ...signature }, body };
}

const options = (more: Partial<VerifyOptions> = {}): VerifyOptions => ({
  authority: 'gw.example',
  key: (id) => (id === key.keyId ? key : undefined),
  replayCache: new MemoryReplayCache({ since: 0 }),
  ...more,
});

async function problem(request: SignedRequest, more: Partial<VerifyOptions> = {}): Promise<SignatureProblem | 'none'> {
  try {
    await verifyRequest(request, options(more));
    return 'none';
  } catch (error) {
    if (error instanceof SignatureError) return error.problem;
    throw error;
  }
}

const withHost = (request: Signed, host: string): Signed => ({ ...request, headers: { ...request.headers, host } });

describe('a request signed for one gateway does not pass another', () => {
  test('neither as it is nor with the Host of the other', async () => {
    const request = await signed('http://gw-a.example/api');
    expect(await problem(request, { authority: 'gw-a.example' })).toBe('none');
    expect(await problem(request, { authority: 'gw-b.example' })).toBe('authority');
    expect(await problem(withHost(request, 'gw-b.example'), { authority: 'gw-b.example' })).toBe('invalid');
  });

  test.each([
    ['user information', 'evil@gw.example'],
    ['user information with a password', 'gw.example:80@evil.example'],
    ['percent-encoding', 'gw%2eexample'],
    ['full-width dots', 'gw\uff0eexample'],
    ['an ideographic full stop', 'gw\u3002example'],
    ['full-width letters', '\uff47w.example'],
    ['a soft hyphen', 'g\u00adw.example'],
    ['a dot at the end', 'gw.example.'],
    ['two dots at the end', 'gw.example..'],
    ['an empty port', 'gw.example:'],
    ['a port with a zero in front', 'gw.example:080'],
    ['a port that is too large', 'gw.example:65616'],
    ['a port that a plain request line does not imply', 'gw.example:80'],
    ['a port of its own', 'gw.example:8080'],
    ['a path', 'gw.example/'],
    ['a query', 'gw.example?'],
    ['a fragment', 'gw.example#'],
    ['a backslash', 'gw.example\\'],
    ['two hosts', 'gw.example, gw.example'],
    ['two hosts without a comma', 'gw.example gw.example'],
    ['a tab inside', 'gw\t.example'],
    ['a line break', 'gw.example\r\nx: y'],
    ['a null', 'gw.example\0'],
    ['a scheme', 'http://gw.example'],
    ['nothing', ''],
    ['brackets', '[gw.example]'],
  ])('a Host with %s is refused', async (_what, host) => {
    expect(await problem(withHost(await signed(), host))).toMatch(/malformed|authority|invalid/);
  });

  test.each([
    ['http://127.0.0.1/', '127.0.0.1', ['0x7f.1', '127.1', '2130706433', '127.000.000.001', '[::ffff:127.0.0.1]']],
    ['http://[::1]/', '[::1]', ['[0:0:0:0:0:0:0:1]', '[::0001]', '::1', '[::1%25lo]', '[::1%lo]', '[::1]:', '[::1']],
    ['http://[2001:db8::a]/', '[2001:db8::a]', ['[2001:DB8:0::A]', '[2001:0db8::a]']],
  ])('other spellings of the address of %s are refused', async (url, authority, others) => {
    const request = await signed(url);
    expect(await problem(request, { authority })).toBe('none');
    for (const other of others) expect(await problem(withHost(request, other), { authority })).toMatch(/malformed/);
  });

  test('the case of a host is normalised, the case of a method is not', async () => {
    const request = await signed('http://GW.Example/api');
    expect(await problem(withHost(request, 'gW.eXample'), { authority: 'Gw.ExamplE' })).toBe('none');
    expect(await problem({ ...request, method: 'put' })).toBe('invalid');
    await expect(signRequest({ method: 'put', url: 'http://h/', headers: {}, body: bytes('') }, key)).rejects.toThrow(
      /request\.method is "put".*Pass "PUT"/,
    );
  });

  test('a port is significant unless it is the default of the given scheme', async () => {
    const [http, https, other] = [
      await signed('http://gw.example:80/'),
      await signed('https://gw.example:443/'),
      await signed('https://gw.example:80/'),
    ];
    expect(await problem(http)).toBe('none');
    expect(await problem(https)).toBe('none');
    expect(await problem({ ...withHost(http, 'gw.example:80'), scheme: 'http' })).toBe('none');
    expect(await problem({ ...withHost(https, 'gw.example:443'), scheme: 'https' })).toBe('none');
    expect(await problem({ ...http, scheme: 'http' }, { authority: 'gw.example:80' })).toBe('none');
    expect(await problem({ ...withHost(https, 'gw.example:80'), scheme: 'https' })).toBe('authority');
    expect(await problem({ ...other, scheme: 'https' })).toBe('authority');
    expect(await problem({ ...other, scheme: 'https' }, { authority: 'gw.example:80' })).toBe('none');
  });

  test.each<[string, (request: Signed) => SignedRequest]>([
    [
      'two headers Host',
      (request) => ({ ...request, headers: [...Object.entries(request.headers), ['Host', 'gw.example']] }),
    ],
    [
      'a list of hosts',
      ({ headers, ...request }) => ({ ...request, headers: { ...headers, host: ['gw.example', 'evil'] } }),
    ],
    ['no Host', ({ headers: { host: _, ...headers }, ...request }) => ({ ...request, headers })],
    [
      'another URL than its Host',
      (request) => ({ ...withHost(request, 'evil.example'), url: `http://gw.example${request.url}` }),
    ],
    ['another Host than its URL', (request) => ({ ...request, url: `http://evil.example${request.url}` })],
    ['user information in its URL', (request) => ({ ...request, url: `http://evil@gw.example${request.url}` })],
    [
      'user information in its URL object',
      (request) => ({ ...request, url: new URL(`http://evil@gw.example${request.url}`) }),
    ],
    ['a URL of another scheme', (request) => ({ ...request, url: `ftp://gw.example${request.url}` })],
    [
      'a URL whose scheme is not the connection’s',
      (request) => ({ ...request, scheme: 'https', url: `http://gw.example${request.url}` }),
    ],
    ['a request target of CONNECT', (request) => ({ ...request, url: 'gw.example:443' })],
    ['a request target of OPTIONS', (request) => ({ ...request, url: '*' })],
    ['a URL without a path, but a query', (request) => ({ ...request, url: 'http://gw.example?x=1' })],
    [
      'an authority of HTTP/2 that is not its Host',
      ({ headers, ...request }) => ({ ...request, headers: { ...headers, ':authority': 'evil' } }),
    ],
    ['a fragment', (request) => ({ ...request, url: `${request.url}#x` })],
    ['an encoded step up', (request) => ({ ...request, url: `/x/%2e%2e${request.url}` })],
    ['an invalid method', (request) => ({ ...request, method: 'PUT\n' })],
  ])('%s is refused', async (_what, change) => {
    expect(await problem(change(await signed()))).toMatch(/malformed/);
  });

  test('an absolute request target passes if it and its Host name this gateway', async () => {
    const request = await signed();
    expect(await problem({ ...request, url: `HTTP://GW.example:80${request.url}` })).toBe('none');
  });

  test('property: with another Host a request passes only where the host is the same', async () => {
    const label = fc.stringMatching(/^[A-Za-z0-9]{1,3}$/);
    const piece = fc.oneof(
      label,
      fc.constantFrom('.', ':', '@', '%2e', '\uff0e', '\u3002', '[', ']', '/', '-', '_', ':80', ':443', '. '),
    );
    const host = fc.oneof(
      fc.constantFrom(
        'gw.example',
        'GW.EXAMPLE',
        'gw.example:80',
        'gw.example:443',
        'gw.example:8080',
        '127.0.0.1',
        '[::1]',
      ),
      fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('')),
      fc.array(piece, { maxLength: 2 }).map((parts) => `${parts[0] ?? ''}gw.example${parts[1] ?? ''}`),
      fc.webAuthority({ withUserInfo: true, withPort: true, withIPv4: true, withIPv6: true }),
    );
    const request = await signed();
    await fc.assert(
      fc.asyncProperty(host, fc.constantFrom(undefined, 'http', 'https'), async (received, scheme) => {
        // A gateway that says of every host that it is its own.
        const passed = await problem({ ...withHost(request, received), scheme }, { authority: () => true });
        const same = new Set([
          'gw.example',
          ...(scheme === 'http' ? ['gw.example:80'] : []),
          ...(scheme === 'https' ? ['gw.example:443'] : []),
        ]);
        expect([received, scheme, passed === 'none']).toEqual([received, scheme, same.has(received.toLowerCase())]);
      }),
      { numRuns: 200 },
    );
  });

  test('property: a request for any URL passes where it is sent, and nowhere else', async () => {
    const url = fc.webUrl({
      authoritySettings: { withUserInfo: true, withPort: true, withIPv4: true, withIPv4Extended: true, withIPv6: true },
      withQueryParameters: true,
      withFragments: true,
    });
    await fc.assert(
      fc.asyncProperty(url, async (text) => {
        if (!URL.canParse(text)) return;
        const parsed = new URL(text);
        // What Node's client sends.
        const { host, pathname, search } = parsed;
        const request = { method: 'GET', url: text, headers: {}, body: bytes('') };
        const headers = await signRequest(request, key).catch((error: unknown) => error);
        if (headers instanceof SignatureError) return; // a host such as a!b
        const received = {
          method: 'GET',
          url: `${pathname}${search}`,
          headers: { host, ...(headers as Record<string, string>) },
        };
        expect(await problem(received, { authority: host })).toBe('none');
        expect(await problem(received, { authority: 'another-gateway.example' })).toBe('authority');
      }),
      { numRuns: 80 },
    );
  });

  test('a gateway has several names, or a function that knows them', async () => {
    const request = await signed();
    expect(await problem(request, { authority: ['other.example', 'gw.example'] })).toBe('none');
    expect(await problem(request, { authority: async (name) => name === 'gw.example' })).toBe('none');
    expect(await problem(request, { authority: ['other.example'] })).toBe('authority');
    expect(await problem(request, { authority: async () => false })).toBe('authority');
  });

  test('the authority must be signed, whatever components are required', async () => {
    const request = await signed();
    const input = (request.headers['Signature-Input'] ?? '').replace(' "@authority"', '');
    const without = { ...request, headers: { ...request.headers, 'Signature-Input': input } };
    expect(await problem(without, { components: [] })).toBe('incomplete');
  });

  test('@scheme and @target-uri cannot be covered where the scheme is not given', async () => {
    const request = await signed();
    for (const name of ['@scheme', '@target-uri']) {
      const input = (request.headers['Signature-Input'] ?? '').replace('"@path"', `"@path" "${name}"`);
      const covering = { ...request, headers: { ...request.headers, 'Signature-Input': input } };
      await expect(verifyRequest(covering, options())).rejects.toThrow(
        `covers ${name}, which the request does not have`,
      );
      await expect(verifyRequest({ ...covering, scheme: 'http' }, options())).rejects.toThrow(/does not match/);
    }
  });

  test('the name of a component cannot inject a line into the signature base', async () => {
    const request = await signed();
    const input = (request.headers['Signature-Input'] ?? '').replace('"@path"', '"@path" "x\\": y"');
    expect(await problem({ ...request, headers: { ...request.headers, 'x": y': '1', 'Signature-Input': input } })).toBe(
      'malformed',
    );
  });
});

describe('a request passes once', () => {
  test('not again after a restart, when its nonce is forgotten', async () => {
    const now = Date.now();
    const request = await signed(undefined, now);
    expect(await problem(request, { replayCache: new MemoryReplayCache({ since: now - 60_000 }) })).toBe('none');
    expect(await problem(request, { replayCache: new MemoryReplayCache() })).toBe('predates-cache');
  });

  test('property: a request that one process could have accepted is refused by the next one', async () => {
    const tolerance = 5;
    const offset = fc.integer({ min: -120_000, max: 120_000 });
    await fc.assert(
      fc.asyncProperty(offset, fc.nat(120_000), async (skew, wait) => {
        const restart = 1_700_000_000_000;
        const before = restart - 1;
        const request = await signed(undefined, before + skew);
        const clock = { clockToleranceSeconds: tolerance };
        // The first process, at its very last moment; the client's clock differs.
        const first = await problem(request, { ...clock, now: before });
        const replayCache = new MemoryReplayCache({ since: restart });
        const second = await problem(request, { ...clock, now: restart + wait, replayCache });
        expect([first, second].filter((result) => result === 'none').length).toBeLessThan(2);
      }),
      { numRuns: 150 },
    );
  });

  test('requests signed after the tolerance has passed are accepted', async () => {
    const now = Date.now();
    const replayCache = new MemoryReplayCache({ since: now - 6_000 });
    expect(await problem(await signed(undefined, now), { replayCache })).toBe('none');
  });

  test('a persistent cache accepts requests signed before the start', async () => {
    const seen = new Set<string>();
    const remember = (id: string) => !seen.has(id) && seen.add(id) !== undefined;
    const request = await signed();
    expect(await problem(request, { replayCache: { since: 0, remember } })).toBe('none');
    expect(await problem(request, { replayCache: { since: 0, remember } })).toBe('replayed');
  });

  test('not when the clock is set back after its nonce was forgotten', async () => {
    const cache = new MemoryReplayCache({ since: 0 });
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    try {
      expect(cache.remember('a', start + 60_000)).toBe(true);
      clock.mockReturnValue(start + 120_000);
      expect(cache.remember('b', start + 180_000)).toBe(true);
      clock.mockReturnValue(start);
      expect(cache.remember('a', start + 60_000)).toBe(false);
    } finally {
      clock.mockRestore();
    }
  });

  test('of many at once, one passes', async () => {
    const request = await signed();
    const replayCache = new MemoryReplayCache({ since: 0 });
    const results = await Promise.all(Array.from({ length: 50 }, () => problem(request, { replayCache })));
    expect(results.filter((result) => result === 'none').length).toBe(1);
  });
});

describe('a body is read only for a valid signature, and within limits', () => {
  const unread = () => {
    throw new Error('The body was read.');
  };

  test.each<[string, (request: Signed) => SignedRequest, Partial<VerifyOptions>]>([
    ['no signature', ({ headers: { Signature: _, ...headers }, ...request }) => ({ ...request, headers }), {}],
    ['an unknown key', (request) => request, { key: () => undefined }],
    ['another path', (request) => ({ ...request, url: '/other' }), {}],
    ['another gateway', (request) => request, { authority: 'other.example' }],
    ['an old signature', (request) => request, { now: Date.now() + 600_000 }],
    ['a repeated nonce', (request) => request, { replayCache: { since: 0, remember: () => false } }],
    [
      'a length that is too large',
      ({ headers, ...request }) => ({ ...request, headers: { ...headers, 'content-length': '11' } }),
      { maxBodyBytes: 10 },
    ],
  ])('not with %s', async (_what, change, more) => {
    const body = jest.fn(unread);
    expect(await problem({ ...change(await signed()), body }, more)).not.toBe('none');
    expect(body).not.toHaveBeenCalled();
  });

  const chunks = async function* (...parts: (string | Uint8Array)[]) {
    yield* parts;
  };
  const stream = (text: string) => new Response(text).body;
  test.each<[string, () => SignedRequest['body']]>([
    ['a string', () => BODY],
    ['bytes', () => bytes(BODY)],
    ['chunks', () => chunks(bytes(BODY.slice(0, 3)), '', BODY.slice(3))],
    ['a web stream', () => stream(BODY)],
    ['a function', () => () => BODY],
    ['a function that resolves to a stream', () => async () => stream(BODY)],
  ])('%s is read', async (_what, body) => {
    const { body: read } = await verifyRequest({ ...(await signed()), body: body() }, options());
    expect(Buffer.from(read).toString()).toBe(BODY);
  });

  test('property: a body is verified in whatever chunks it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 30 }), async (parts) => {
        const whole = Buffer.concat(parts);
        const signature = await signRequest(
          { method: 'PUT', url: 'http://gw.example/', headers: {}, body: whole },
          key,
        );
        const request = {
          method: 'PUT',
          url: '/',
          headers: { host: 'gw.example', ...signature },
          body: chunks(...parts),
        };
        const { body } = await verifyRequest(request, options({ maxBodyBytes: whole.length }));
        expect(Buffer.from(body).equals(whole)).toBe(true);
        const again = await signRequest({ method: 'PUT', url: 'http://gw.example/', headers: {}, body: whole }, key);
        const larger = { ...request, headers: { host: 'gw.example', ...again }, body: chunks(...parts, 'x') };
        expect(await problem(larger, { maxBodyBytes: whole.length })).toBe('too-large');
      }),
      { numRuns: 50 },
    );
  });

  test('an endless one is read up to the limit, and not closed, so that a response can be sent', async () => {
    let read = 0;
    let closed = false;
    const endless = (async function* () {
      try {
        for (;;) {
          read += 1_000;
          yield new Uint8Array(1_000);
        }
      } finally {
        closed = true;
      }
    })();
    expect(await problem({ ...(await signed()), body: endless }, { maxBodyBytes: 10_000 })).toBe('too-large');
    expect([read, closed]).toEqual([11_000, false]);
  });

  test.each<[string, () => SignedRequest['body']]>([
    [
      'a stream that never yields',
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }),
    ],
    ['a function that never answers', () => () => new Promise<never>(() => undefined)],
    [
      'a stream that breaks off',
      () =>
        (async function* () {
          yield 'x';
          throw new Error('reset');
        })(),
    ],
  ])('%s does not hang', async (_what, body) => {
    expect(await problem({ ...(await signed()), body: body() }, { bodyTimeoutMs: 50 })).toBe('unread-body');
  });

  test('one signature is not enough for two unfinished bodies', async () => {
    const request = await signed();
    const replayCache = new MemoryReplayCache({ since: 0 });
    const never = () => new Promise<never>(() => undefined);
    const first = problem({ ...request, body: never }, { replayCache, bodyTimeoutMs: 100 });
    expect(await problem({ ...request, body: never }, { replayCache, bodyTimeoutMs: 100 })).toBe('replayed');
    expect(await first).toBe('unread-body');
  });
});

describe('arguments of the wrong type are errors that name them', () => {
  const WRONG: readonly unknown[] = [null, 1, true, Symbol('x'), [], 'text', {}, () => undefined, 1n, Number.NaN];
  type Call = (value: never) => unknown;
  const request = { method: 'GET', url: '/', headers: { host: 'gw.example' } };
  const toSign = { method: 'GET', url: 'http://h/', headers: {}, body: new Uint8Array() };

  /** Each place, with the values that are right there. */
  const PLACES: readonly [place: string, right: (value: unknown) => boolean, call: Call][] = [
    ['verifyRequest request', () => false, (value) => verifyRequest(value, options())],
    ['verifyRequest options', () => false, (value) => verifyRequest(request, value)],
    ['request.method', (value) => value === 'text', (value) => verifyRequest({ ...request, method: value }, options())],
    ['request.url', (value) => value === 'text', (value) => verifyRequest({ ...request, url: value }, options())],
    ['request.headers', isObject, (value) => verifyRequest({ ...request, headers: value }, options())],
    [
      'request.headers.x',
      (value) => isText(value) || Array.isArray(value),
      (value) => verifyRequest({ ...request, headers: { x: value } }, options()),
    ],
    ['request.scheme', () => false, (value) => verifyRequest({ ...request, scheme: value }, options())],
    [
      'request.body',
      (value) => value === null || isText(value) || typeof value === 'function',
      (value) => verifyRequest({ ...request, body: value }, options()),
    ],
    [
      'authority',
      (value) => isText(value) || typeof value === 'function',
      (value) => verifyRequest(request, options({ authority: value })),
    ],
    ['authority[0]', isText, (value) => verifyRequest(request, options({ authority: [value] }))],
    ['key', (value) => typeof value === 'function', (value) => verifyRequest(request, options({ key: value }))],
    ['replayCache', () => false, (value) => verifyRequest(request, options({ replayCache: value }))],
    [
      'replayCache.since',
      isNumber,
      (value) => verifyRequest(request, options({ replayCache: { since: value, remember: () => true } })),
    ],
    ['clockToleranceSeconds', isNumber, (value) => verifyRequest(request, options({ clockToleranceSeconds: value }))],
    ['maxLifetimeSeconds', isNumber, (value) => verifyRequest(request, options({ maxLifetimeSeconds: value }))],
    ['maxBodyBytes', isNumber, (value) => verifyRequest(request, options({ maxBodyBytes: value }))],
    ['bodyTimeoutMs', isNumber, (value) => verifyRequest(request, options({ bodyTimeoutMs: value }))],
    ['components', Array.isArray, (value) => verifyRequest(request, options({ components: value }))],
    ['label', isText, (value) => verifyRequest(request, options({ label: value }))],
    ['now', isNumber, (value) => verifyRequest(request, options({ now: value }))],
    ['signRequest request', () => false, (value) => signRequest(value, key)],
    ['request.body to sign', () => false, (value) => signRequest({ ...toSign, body: value }, key)],
    ['signer', () => false, (value) => signRequest(toSign, value)],
    [
      'signer.sign',
      () => false,
      (value) => signRequest(toSign, { keyId: 'k', algorithm: 'ed25519', sign: async () => value }),
    ],
    [
      'signer.keyId',
      isText,
      (value) => signRequest(toSign, { keyId: value, algorithm: 'ed25519', sign: async () => new Uint8Array() }),
    ],
    ['signRequest now', isNumber, (value) => signRequest(toSign, key, value)],
    [
      'MemoryReplayCache options',
      (value) => isObject(value) && !Array.isArray(value),
      (value) => new MemoryReplayCache(value),
    ],
    ['capacity', isNumber, (value) => new MemoryReplayCache({ capacity: value })],
    ['since', isNumber, (value) => new MemoryReplayCache({ since: value })],
    ['remember key', isText, (value) => new MemoryReplayCache().remember(value, 1)],
    ['remember until', isNumber, (value) => new MemoryReplayCache().remember('a', value)],
  ];
  function isText(value: unknown): boolean {
    return typeof value === 'string';
  }
  function isNumber(value: unknown): boolean {
    return typeof value === 'number' && !Number.isNaN(value);
  }
  function isObject(value: unknown): boolean {
    return typeof value === 'object' && value !== null;
  }

  test.each(PLACES)('%s', async (_place, isRight, call) => {
    for (const value of WRONG) {
      if (isRight(value)) continue;
      const error: unknown = await Promise.resolve()
        .then(() => call(value as never))
        .catch((caught: unknown) => caught);
      expect([value, error instanceof InvalidArgumentError, String(error)]).toEqual([value, true, expect.any(String)]);
    }
  });

  test('the results of callbacks are checked, too: a number is not a boolean', async () => {
    const send = async (more: object) => verifyRequest(await signed(), options(more));
    await expect(send({ replayCache: { since: 0, remember: () => 2 } })).rejects.toBeInstanceOf(InvalidArgumentError);
    await expect(send({ replayCache: { since: 0, remember: () => undefined } })).rejects.toThrow(/returns a boolean/);
    await expect(send({ authority: () => 'gw.example' })).rejects.toThrow(
      /authority must be a function that returns a boolean/,
    );
    await expect(send({ key: () => ({}) })).rejects.toThrow(/key must be a function that returns a public key/);
    await expect(send({ key: () => null })).rejects.toMatchObject({ problem: 'unknown-key' });
    await expect(
      send({ key: () => ({ keyId: 'x', algorithm: 'ed25519', verify: () => 'yes' }) }),
    ).rejects.toMatchObject({ problem: 'invalid' });
  });

  test.each(['http://gw.example', 'gw.example/', 'bücher.example', 'a b', '', 'u@h'])(
    '%j is no authority',
    async (authority) => {
      await expect(verifyRequest(request, options({ authority }))).rejects.toThrow(
        /^authority must be the host of this gateway/,
      );
    },
  );

  test('an unknown option is an error with a suggestion', async () => {
    const misspelt: object = { ...options(), maxBodySize: 1 };
    await expect(verifyRequest(request, misspelt as VerifyOptions)).rejects.toThrow(
      /maxBodySize is not an option here/,
    );
    expect(() => new MemoryReplayCache({ capacty: 1 } as object)).toThrow(/Did you mean capacity/);
  });

  test.each([null, undefined, 1, {}, [], '', new Uint8Array(31)])(
    'importPublicKey(%j) is an error of this package',
    async (value) => {
      await expect(importPublicKey(value as string)).rejects.toThrow(/The public key cannot be read/);
    },
  );
});
