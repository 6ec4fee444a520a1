import { LoginError } from '../errors/index.js';
import type { RsaIdentity } from '../keys/index.js';
import type { Logger } from '../logging/index.js';
import type { Secret } from '../redaction/index.js';
import { bearerHeader } from './bearer.js';
import { answerChallenge } from './challenge.js';
import type { AuthMethod, LoginAccess } from './method.js';
import { NOT_OFFERED } from './offered.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/**
 * What happens if nothing is set: as with the Bacalhau command line, a token of an earlier login is sent, of single
 * sign-on before others. Where there is none, nothing is; and a server that refuses that is given the key's answer to
 * its challenge, if it offers one.
 */
export function automatic(store: TokenStore, key: () => Promise<RsaIdentity>, logger: Logger): AuthMethod {
  /** Unknown until the files were read. */
  let current: { readonly header: Secret | undefined } | undefined;
  let underWay: Promise<boolean> | undefined;
  let offersNone = false;

  const byKey = storedToken({
    kind: 'challenge',
    store,
    file: 'tokens.json',
    obtain: (context) => answerChallenge({}, context, key),
  });

  const remember = (header: Secret | undefined): Secret | undefined => {
    current = { header };
    return header;
  };

  async function logIn(refused: Secret | undefined, access: LoginAccess): Promise<boolean> {
    try {
      await byKey.renew(refused, access);
      remember(await byKey.authorization(access));
      logger.info('The server wanted to know who is calling. Logged in with the key.');
      return true;
    } catch (error) {
      offersNone = error instanceof LoginError && error.code === NOT_OFFERED;
      // The refusal itself is the error that the caller gets.
      if (!offersNone) logger.warn(`The login by key failed: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }

  return {
    kind: 'automatic',
    async authorization() {
      if (current !== undefined) return current.header;
      const token = (await store.read('jwt-tokens.json')) ?? (await store.read('tokens.json'));
      return remember(token && bearerHeader(token.reveal(), 'The stored token'));
    },
    async renew(refused, access) {
      if (current?.header?.reveal() !== refused?.reveal()) return true;
      if (offersNone) return false;
      underWay ??= logIn(refused, access).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    async login(access) {
      await byKey.login(access);
      remember(await byKey.authorization(access));
    },
  };
}
