import type { AuthOptions } from '../../src/auth/options.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConfigurationError } from '../../src/errors/client-errors.js';
import { keyDirectory } from '../support/key-directory.js';

const dir = keyDirectory();

/** What JavaScript allows, and the types do not. */
const client = (auth: object, headers?: Record<string, string>) => () =>
  new Bacalhau({ auth: auth as AuthOptions, env: {}, ...(headers && { headers }) });

test.each<[string, object, RegExp]>([
  ['nothing', {}, /names no method\. Set one of apiKey, username, token, challenge, ask, device\./],
  ['a password alone', { password: 'hunter2' }, /names no method/],
  ['a name alone', { username: 'ada' }, /auth\.username is set, but not auth\.password/],
  ['two methods', { apiKey: 'hunter2', token: 'hunter2' }, /auth\.token cannot be combined with auth\.apiKey/],
  ['a misspelt name', { apikey: 'hunter2' }, /There is no option auth\.apikey\. Did you mean auth\.apiKey\?/],
  ['a key of the wrong type', { apiKey: null }, /auth\.apiKey must be a string or a function, but is null/],
  [
    'a password of the wrong type',
    { username: 'ada', password: 5 },
    /auth\.password must be a string, but is of type number/,
  ],
  ['a callback of the wrong type', { ask: 'hunter2' }, /auth\.ask must be a function, but is of type string/],
  [
    'a misspelt name in challenge',
    { challenge: { kye: 1 } },
    /no option auth\.challenge\.kye\. Did you mean auth\.challenge\.key\?/,
  ],
  ['a challenge with PEM for a key', { challenge: { key: 'hunter2' } }, /auth\.challenge\.key must be an RsaIdentity/],
  ['a stray', { apiKey: 'hunter2', password: 'hunter2' }, /auth\.password cannot be combined with auth\.apiKey/],
])('%s is refused without a word of it', (_what, auth, message) => {
  expect(client(auth)).toThrow(ConfigurationError);
  expect(client(auth)).toThrow(message);
  expect(client(auth)).not.toThrow(/hunter2/);
});

test('a header Authorization beside it is refused', () => {
  expect(client({ apiKey: 'hunter2' }, { authorization: 'Bearer hunter2' })).toThrow(/not both/);
});

test.each<[string, AuthOptions, RegExp]>([
  ['a key with a line break', { apiKey: 'hunter2\n' }, /auth\.apiKey is empty, or contains/],
  ['an empty key', { apiKey: '' }, /auth\.apiKey is empty/],
  ['a function’s empty token', { token: () => '' }, /auth\.token is empty/],
  ['a name with a colon', { username: 'a:b', password: 'hunter2' }, /auth\.username .*colon/],
  ['an empty password', { username: 'ada', password: '' }, /auth\.password is empty/],
])('%s is refused before anything is sent', async (_what, auth, message) => {
  const bacalhau = new Bacalhau({ auth, env: {}, dir, baseUrl: 'http://127.0.0.1:9' });
  const call = bacalhau.jobs.list();
  await expect(call).rejects.toBeInstanceOf(ConfigurationError);
  await expect(call).rejects.toThrow(message);
  await expect(call).rejects.not.toThrow(/hunter2/);
});

test.each([null, 'ed25519', {}, { keyId: 'a', algorithm: 'hmac', sign: () => undefined }])(
  '%j is refused as a signer',
  (signer) => {
    expect(() => new Bacalhau({ env: {}, signer: signer as never })).toThrow(/option signer must be a key/);
  },
);
