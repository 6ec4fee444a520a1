import { LoginError } from '../../errors/index.js';
import type { RsaIdentity } from '../../keys/index.js';
import type { Logger } from '../../logging/index.js';
import type { Secret } from '../../redaction/index.js';
import { bearerHeader } from '../bearer.js';
import type { AuthMethod, OpenLoginContext } from '../method.js';
import { answerChallenge } from './challenge.js';
import { NOT_OFFERED } from './offered.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/**
 * Authenticates a client for which nothing is set: as with the Bacalhau command line, a token of an earlier login is sent,
 * one of single sign-on first. Without a token nothing is sent, and if the server refuses that and offers a challenge, the
 * key answers it.
 */
export function automatic(store: TokenStore, key: () => Promise<RsaIdentity>, logger: Logger): AuthMethod {
  /** Undefined until the files have been read. */
  let current: { readonly header: Secret | undefined } | undefined;
  let pending: Promise<boolean> | undefined;
  let isNotOffered = false;

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

  async function logIn(refused: Secret | undefined, open: OpenLoginContext): Promise<boolean> {
    try {
      await byKey.renew(refused, open);
      remember(await byKey.authorization(open));
      logger.info('The server requires authentication. Logged in with the key.');
      return true;
    } catch (error) {
      isNotOffered = error instanceof LoginError && error.code === NOT_OFFERED;
      // The caller gets the server's refusal as the error.
      if (!isNotOffered) logger.warn(`The login by key failed: ${error instanceof Error ? error.message : error}`);
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
    async renew(refused, open) {
      if (current?.header?.reveal() !== refused?.reveal()) return true;
      if (isNotOffered) return false;
      pending ??= logIn(refused, open).finally(() => {
        pending = undefined;
      });
      return pending;
    },
    async login(open) {
      await byKey.login(open);
      remember(await byKey.authorization(open));
    },
  };
}
