import { ConfigurationError } from '../../errors/index.js';
import type { RsaIdentity } from '../../keys/index.js';
import type { AuthMethod } from '../method.js';
import type { AskAuth, ChallengeAuth, DeviceAuth } from '../options.js';
import { ask } from './ask.js';
import { automatic } from './automatic.js';
import { challenge } from './challenge.js';
import { device } from './device.js';
import { TokenStore, type TokenStoreParts } from './token-store.js';

/** Returns the login that an option names. */
export function interactiveLogin(
  options: ChallengeAuth | AskAuth | DeviceAuth,
  store: TokenStoreParts,
  key: (() => Promise<RsaIdentity>) | undefined,
): AuthMethod {
  const tokens = new TokenStore(store);
  if ('ask' in options) return ask(options.ask, options.method, tokens);
  if ('device' in options) return device(options.device, tokens);
  return challenge(options.challenge === true ? {} : options.challenge, tokens, key ?? noKey);
}

/** Returns what authenticates a client for which nothing is set. */
export const automaticLogin = (store: TokenStoreParts, key: () => Promise<RsaIdentity>): AuthMethod =>
  automatic(new TokenStore(store), key, store.logger);

const noKey = (): Promise<RsaIdentity> =>
  Promise.reject(
    new ConfigurationError('There is no key file in this runtime. Pass the key: auth: { challenge: { key } }.'),
  );
