import type { Credentials } from '../config/index.js';
import { LoginError } from '../errors/index.js';
import type { RsaIdentity } from '../keys/index.js';
import { Secret } from '../redaction/index.js';
import { basic } from './basic.js';
import type { TokenStoreParts } from './logins/index.js';
import { loadLogins } from './logins/index.js';
import type { AuthMethod } from './method.js';
import { none } from './none.js';
import type { AuthOptions } from './options.js';
import { apiKey, token } from './token.js';

/** What decides how the client authenticates. */
export interface AuthSelection {
  /** The option, checked. */
  readonly options: AuthOptions | undefined;
  /** Those of the environment or the profile. */
  readonly credentials: Credentials | undefined;
  /** Where the tokens of logins are stored. */
  readonly store: TokenStoreParts;
  /** Reads the key of `user_id.pem`; undefined where there is no file system. */
  readonly key: (() => Promise<RsaIdentity>) | undefined;
}

/** Selects the method that the option names, else that of the environment or the profile, else what earlier logins left. */
export async function selectAuth({ options, credentials, store, key }: AuthSelection): Promise<AuthMethod> {
  if (options === false) return none();
  if (options === undefined) {
    if (credentials !== undefined) return fromCredentials(credentials);
    return key === undefined ? withoutKey() : (await loadLogins()).automaticLogin(store, key);
  }
  if ('apiKey' in options) return apiKey(options.apiKey);
  if ('username' in options) return basic(options.username, new Secret(options.password));
  if ('token' in options) return token(options.token);
  return (await loadLogins()).interactiveLogin(options, store, key);
}

function fromCredentials(credentials: Credentials): AuthMethod {
  switch (credentials.kind) {
    case 'apiKey':
      return apiKey(credentials.apiKey.reveal());
    case 'basic':
      return basic(credentials.username, credentials.password);
    case 'token':
      return token(credentials.token.reveal());
  }
}

/** Sends no credentials, where there are neither keys nor tokens of earlier logins, and nothing is set. */
const withoutKey = (): AuthMethod => ({
  ...none(),
  kind: 'automatic',
  login: () => Promise.reject(new LoginError('There is no key in this runtime. Set the option auth.')),
});
