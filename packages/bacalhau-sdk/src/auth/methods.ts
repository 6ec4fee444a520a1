import type { Credentials } from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import type { RsaIdentity } from '../keys/index.js';
import { Secret } from '../redaction/index.js';
import { ask } from './ask.js';
import { automatic } from './automatic.js';
import { basic } from './basic.js';
import { challenge } from './challenge.js';
import { device } from './device.js';
import type { AuthMethod } from './method.js';
import { none } from './none.js';
import type { SelectParts } from './select-parts.js';
import { apiKey, token } from './token.js';
import { TokenStore } from './token-store.js';

/** The method that the options, which are checked, or the credentials name. */
export function methodOf({ options, credentials, store: parts, key = noKey }: SelectParts): AuthMethod {
  const store = new TokenStore(parts);
  if (options === undefined) return fromCredentials(credentials) ?? automatic(store, key, parts.logger);
  if (options === false) return none();
  if ('apiKey' in options) return apiKey(options.apiKey);
  if ('username' in options) return basic(options.username, new Secret(options.password));
  if ('token' in options) return token(options.token);
  if ('ask' in options) return ask(options.ask, options.method, store);
  if ('device' in options) return device(options.device, store);
  return challenge(options.challenge === true ? {} : options.challenge, store, key);
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
