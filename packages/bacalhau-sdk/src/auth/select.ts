import { type Credentials, Secret } from '../config/index.js';
import { ConfigurationError, LoginError } from '../errors/index.js';
import type { RsaIdentity } from '../identity/index.js';
import { basic } from './basic.js';
import type { AuthMethod } from './method.js';
import { none } from './none.js';
import type { AuthOptions } from './options.js';
import { apiKey, token } from './token.js';
import type { TokenStoreParts } from './token-store.js';

const METHODS = ['apiKey', 'username', 'token', 'challenge', 'ask', 'device'] as const;
const COMPANIONS: Readonly<Record<string, readonly string[]>> = { username: ['password'], ask: ['method'] };

/**
 * Refuses what is no method, and more than one. Without I/O, for constructors.
 *
 * @throws {ConfigurationError} which never quotes a value.
 */
export function checkAuth(options: AuthOptions | undefined): void {
  if (options === undefined || options === false) return;
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(`The option auth is no object. Give one of ${list(METHODS)}.`);
  }
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const chosen = METHODS.filter((name) => given.includes(name));
  const [method] = chosen;
  if (method === undefined || chosen.length > 1) {
    throw new ConfigurationError(
      chosen.length > 1
        ? `The option auth has ${list(chosen)}: two methods at once. Give one of them.`
        : `The option auth names no method${given.includes('password') ? ', only a password' : ''}. Give one of ${list(METHODS)}.`,
    );
  }
  const stray = given.find((name) => name !== method && !COMPANIONS[method]?.includes(name));
  if (stray !== undefined)
    throw new ConfigurationError(`auth.${stray} does not belong to auth.${method}. Leave one out.`);
  if (method === 'username' && !given.includes('password')) {
    throw new ConfigurationError('auth.username is given, but not auth.password. Give both.');
  }
}

export interface SelectParts {
  readonly options: AuthOptions | undefined;
  readonly credentials: Credentials | undefined;
  /** Where tokens of logins are kept. */
  readonly store: TokenStoreParts;
  /** The key of `user_id.pem`; absent where there is no file system. */
  readonly key: (() => Promise<RsaIdentity>) | undefined;
}

/** Loaded when one of them is wanted: a given token or password needs none of it. */
const logins = () => import('./logins.js');

/** The method that the option names, else that of the environment or the profile, else what earlier logins left. */
export async function selectAuth({ options, credentials, store: parts, key }: SelectParts): Promise<AuthMethod> {
  checkAuth(options);
  if (options === false) return none();
  if (options === undefined) {
    const given = fromCredentials(credentials);
    if (given !== undefined) return given;
    if (key === undefined) return keyless();
    const { automatic, TokenStore } = await logins();
    return automatic(new TokenStore(parts), key, parts.logger);
  }
  if ('apiKey' in options) return apiKey(options.apiKey);
  if ('username' in options) return basic(options.username, new Secret(options.password));
  if ('token' in options) return token(options.token);
  const { ask, challenge, device, TokenStore } = await logins();
  const store = new TokenStore(parts);
  if ('ask' in options) return ask(options.ask, options.method, store);
  if ('device' in options) return device(options.device, store);
  const settings = options.challenge === true ? {} : options.challenge;
  return challenge(settings, store, key ?? noKey);
}

function fromCredentials(credentials: Credentials | undefined): AuthMethod | undefined {
  switch (credentials?.kind) {
    case undefined:
      return undefined;
    case 'apiKey':
      return apiKey(credentials.apiKey.reveal());
    case 'basic':
      return basic(credentials.username, credentials.password);
    case 'token':
      return token(credentials.token.reveal());
  }
}

/** Where there are neither keys nor tokens of earlier logins, and nothing is set. */
const keyless = (): AuthMethod => ({
  ...none(),
  kind: 'automatic',
  login: () => Promise.reject(new LoginError('There is no key in this runtime. Set the option auth.')),
});

const noKey = (): Promise<RsaIdentity> =>
  Promise.reject(
    new ConfigurationError('There is no key file in this runtime. Give the key: auth: { challenge: { key } }.'),
  );

const list = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' and $1');
