import { type Credentials, Secret } from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import type { RsaIdentity } from '../identity/index.js';
import type { Logger } from '../logging/index.js';
import { ask } from './ask.js';
import { automatic } from './automatic.js';
import { basic } from './basic.js';
import { challenge } from './challenge.js';
import { device } from './device.js';
import type { AuthMethod } from './method.js';
import { none } from './none.js';
import type { AuthOptions } from './options.js';
import { apiKey, token } from './token.js';
import type { TokenStore } from './token-store.js';

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
  readonly store: TokenStore;
  /** The key of `user_id.pem`; absent where there is no file system. */
  readonly key: (() => Promise<RsaIdentity>) | undefined;
  readonly logger: Logger;
}

/** The method that the option names, else that of the environment or the profile, else what earlier logins left. */
export function selectAuth({ options, credentials, store, key, logger }: SelectParts): AuthMethod {
  checkAuth(options);
  if (options === undefined) return fromCredentials(credentials) ?? automatic(store, key, logger);
  if (options === false) return none();
  if ('apiKey' in options) return apiKey(options.apiKey);
  if ('username' in options) return basic(options.username, new Secret(options.password));
  if ('token' in options) return token(options.token);
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

const noKey = (): Promise<RsaIdentity> =>
  Promise.reject(
    new ConfigurationError('There is no key file in this runtime. Give the key: auth: { challenge: { key } }.'),
  );

const list = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' and $1');
